/** A plain `import()`. It stands alone so that it can be loaded by Node itself: see `module-runner.ts`. */
export const importUrl = (url: string): Promise<Record<string, unknown>> => import(url)
