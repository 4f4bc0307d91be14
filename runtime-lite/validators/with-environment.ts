/** Variables that a text names, by name. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Thrown where a text names a variable that has no value. */
export class MissingVariable extends Error {
  constructor(name: string) {
    super(`The environment has no variable "${name}".`)
  }
}

/** Fills in `${NAME}` and `${NAME:-default}`. An empty variable counts as none. @throws MissingVariable */
export const withEnvironment = (text: string, environment: Environment): string =>
  text.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}/g, (_all, name: string, preset: string | undefined) => {
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined
    if (value !== undefined && value !== '') return value
    if (preset === undefined) throw new MissingVariable(name)
    return preset
  })
