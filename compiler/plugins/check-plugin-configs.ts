import type { PluginSyntax } from '../2-parse/syntax.ts'
import type { LocateSetting } from '../config/check-config.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { Json } from '../source/json.ts'

/** More problems of one configuration are not told at once. */
const MOST_PROBLEMS = 10

export interface CheckedConfigs {
  /** Configuration by plugin, with the defaults of its schema. */
  readonly configByPlugin: ReadonlyMap<string, Json>
  readonly diagnostics: readonly Diagnostic[]
}

/** What the application tells its plugins, held against what they say they can be told. */
export async function checkPluginConfigs(
  plugins: readonly PluginSyntax[],
  configs: { readonly [name: string]: Json },
  locate: () => LocateSetting,
): Promise<CheckedConfigs> {
  // Ajv takes 45 ms to load: few plugins say what they can be told.
  const hasSchema = plugins.some(({ body }) => schemaOf(body) !== undefined)
  const problemsOf = hasSchema ? (await import('../../runtime-lite/kernel/config-problems.ts')).configProblems : () => []
  const diagnostics: Diagnostic[] = []
  const configByPlugin = new Map<string, Json>()
  for (const { name, body, spanOf } of plugins) {
    const given = Object.hasOwn(configs, name.value) ? configs[name.value] : undefined
    const schema = schemaOf(body)
    // Defaults are written into it.
    const config = structuredClone(given ?? {})
    configByPlugin.set(name.value, config)
    if (schema === undefined) continue
    const notes = [{ message: 'The plugin says here what it can be told.', span: spanOf('/configSchema') }]
    for (const { keys, problem } of problemsOf(schema, config).slice(0, MOST_PROBLEMS)) {
      const holes = { plugin: name.value, problem }
      diagnostics.push(
        given === undefined
          ? diagnose('plugin/unconfigured', name.span, holes, { notes })
          : diagnose('plugin/config', locate()(['plugins', name.value, ...keys], 'value'), holes, { notes }),
      )
    }
  }
  const known = plugins.map(({ name }) => name.value)
  for (const name of Object.keys(configs)) {
    if (known.includes(name)) continue
    const span = locate()(['plugins', name], 'key')
    diagnostics.push(diagnose('plugin/unknown-config', span, { plugin: name }, didYouMean({ name, candidates: known, span })))
  }
  return { configByPlugin, diagnostics }
}

function schemaOf(body: Json): object | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined
  const { configSchema, config_schema: snake } = body as { readonly [key: string]: Json }
  const schema = configSchema ?? snake
  return typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? schema : undefined
}
