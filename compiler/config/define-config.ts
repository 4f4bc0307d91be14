import type { Config } from './config.ts'

/**
 * Gives an `objectql.config.ts` its types. Returns what it is given.
 *
 *     export default defineConfig({ input: ['schemas'], api: { basePath: '/api' } })
 */
export const defineConfig = (config: Config): Config => config
