import type { MetaSyntax, PluginSyntax } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Json } from '../source/json.ts'
import { isJsonObject } from './attributes.ts'
import { compareSpan, compareText } from './compare.ts'
import { reduceConfigSchema } from './config-schema.ts'
import type { LinkedConfigSchema } from './model.ts'
import type { Report } from './report.ts'
import type { SchemaObject } from './schema-object.ts'

/** The schemas that plugins give for their configuration and apps for their settings, sorted. The first of two with one name counts. */
export function linkConfigSchemas(
  plugins: readonly PluginSyntax[],
  apps: readonly MetaSyntax[],
  report: Report,
): readonly LinkedConfigSchema[] {
  const found = [
    ...plugins.flatMap(({ name, body, spanOf, span }) => linkFirst({ owner: 'plugin', name: name.value, body, spanOf, span }, report)),
    ...apps.flatMap(({ name, body, spanOf, span }) => linkFirst({ owner: 'app', name, body, spanOf, span }, report)),
  ]
  const sorted = found.sort((a, b) => compareText(a.owner, b.owner) || compareText(a.name, b.name) || compareSpan(a.span, b.span))
  return sorted.filter(({ owner, name }, index) => owner !== sorted[index - 1]?.owner || name !== sorted[index - 1]?.name)
}

type Owner = Pick<LinkedConfigSchema, 'owner' | 'name'> & Pick<MetaSyntax, 'body' | 'spanOf' | 'span'>

/** `configSchema`, or for an app `settings` where that is a schema and not the settings themselves. */
function linkFirst({ owner, name, body, spanOf }: Owner, report: Report): readonly LinkedConfigSchema[] {
  if (!isJsonObject(body)) return []
  const key =
    CONFIG_SCHEMA_KEYS.find((key) => Object.hasOwn(body, key)) ?? (owner === 'app' && isSchema(body['settings']) ? 'settings' : '')
  const document = body[key]
  if (document === undefined || document === null) return []
  const span = spanOf(`/${key}`)
  if (!isSchema(document)) {
    report(diagnose('link/config-schema-shape', span, { keyword: key, expected: 'a JSON Schema' }))
    return []
  }
  return [{ owner, name, ...reduceConfigSchema(document, { spanOf: (pointer) => spanOf(`/${key}${pointer}`), report }), span }]
}

const CONFIG_SCHEMA_KEYS: readonly string[] = ['configSchema', 'config_schema']

/** Keywords by which a map is a schema and not just values. */
const TELLING_KEYWORDS: readonly string[] = ['$schema', '$ref', 'allOf', 'anyOf', 'oneOf']

function isSchema(value: Json | undefined): value is SchemaObject {
  if (!isJsonObject(value)) return false
  const { type, properties } = value
  const areProperties = isJsonObject(properties) && Object.values(properties).every((property) => isJsonObject(property))
  return type === 'object' || areProperties || TELLING_KEYWORDS.some((keyword) => Object.hasOwn(value, keyword))
}
