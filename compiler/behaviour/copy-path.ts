/** Before the path of a module that is imported from where it is: only who prints knows the way there. */
export const SOURCE = 'source:'

/** Where the copy of a module stands in the output. */
export const copyPath = (module: string): string => `modules/${module.replace(/^(?:\.\.\/)+/, 'outside/').replace(/\.ts$/, '')}.mjs`
