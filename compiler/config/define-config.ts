import type { Config } from './config.ts'

/**
 * Gives an `objectql.config.ts` its types. Returns what it is given.
 *
 *     export default defineConfig({ input: ['schemas'], api: { basePath: '/api' } })
 *
 * With `PluginConfigs` of the generated `config.d.ts`, what is configured for plugins is typed by their schemas:
 *
 *     import type { PluginConfigs } from './generated/config.d.ts'
 *     export default defineConfig<PluginConfigs>({ plugins: { audit: { retentionDays: 90 } } })
 */
export const defineConfig = <Plugins extends object = NonNullable<Config['plugins']>>(
  // Not inferred from what is given: that would take anything.
  config: Omit<Config, 'plugins'> & { readonly plugins?: NoInfer<Plugins> },
): Config => config as Config
