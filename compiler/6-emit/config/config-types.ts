import { compile } from 'json-schema-to-typescript'
import { code, lines, raw } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { AppIr } from '../../ir/object.ts'
import type { ConfigSchemaIr } from '../../ir/plugin.ts'
import type { Json } from '../../source/json.ts'
import { fileHeader } from '../file-header.ts'
import type { EmitContext, OutputFile } from '../target.ts'
import { NAME_MARK, tidyTypes } from './tidy-types.ts'

type JsonSchema = Parameters<typeof compile>[0]

/** `config.d.ts`: what plugins are configured by, and the settings of apps. */
export async function emitConfigTypes(app: AppIr, context: EmitContext): Promise<OutputFile> {
  const types: string[] = []
  for (const schema of app.configSchemas) types.push(...(await typesOf(schema, context)))
  const plugins = app.configSchemas.filter(({ owner }) => owner === 'plugin')
  const text = sourceText({
    header: fileHeader(),
    body: code`
${lines(plugins.length === 0 ? [] : [pluginConfigs(app)])}
${raw(types.join('\n\n'))}
`,
  })
  return { path: 'config.d.ts', text }
}

/** Plugins that describe no configuration take any. */
function pluginConfigs({ configSchemas, metadata }: AppIr) {
  const typeByPlugin = new Map(metadata.flatMap(({ type, name }): [string, string][] => (type === 'plugin' ? [[name, 'unknown']] : [])))
  for (const { owner, name, typeName } of configSchemas) if (owner === 'plugin') typeByPlugin.set(name, typeName)
  return code`
/** Configuration of each plugin: \`export default defineConfig<PluginConfigs>({ plugins: { … } })\` in objectql.config.ts. */
export interface PluginConfigs {
  ${lines([...typeByPlugin].map(([name, type]) => raw(`${propertyKey(name)}?: ${type}`)))}
}

`
}

/** The type of a whole configuration, then those of its parts. Each is printed by itself: it refers to the others by name. */
async function typesOf({ typeName, schema, parts, span }: ConfigSchemaIr, { lineOf }: EmitContext): Promise<readonly string[]> {
  const description = [schema['description'] ?? '', `@source ${span.path}:${lineOf(span)}`].filter((text) => text !== '').join('\n\n')
  const types: string[] = []
  for (const [name, part] of Object.entries({ [typeName]: { ...schema, description }, ...parts })) {
    const text = await compile(forPrinter(part, typeName) as JsonSchema, name, {
      bannerComment: '',
      format: false,
      // A misspelt setting is a mistake, unless the schema says that more is allowed.
      additionalProperties: false,
      // As tuples of every length they would fill pages.
      ignoreMinAndMaxItems: true,
      $refOptions: { resolve: { external: false } },
    })
    types.push(tidyTypes(text))
  }
  return types
}

/**
 * A schema as the printer takes it. References become the names of types. Property names get a mark: it would stumble over some
 * (`hasOwnProperty`), and so all end up in quotes, where `tidyTypes` finds them.
 */
function forPrinter(schema: Json, typeName: string): Json {
  if (typeof schema !== 'object' || schema === null) return schema
  if (Array.isArray(schema)) return schema.map((item: Json) => forPrinter(item, typeName))
  const keywords = Object.entries(schema).map(([keyword, value]): [string, Json] => {
    if (keyword === '$ref' && typeof value === 'string') return ['tsType', value === '#' ? typeName : value.slice('#/$defs/'.length)]
    if (keyword === 'required' && Array.isArray(value)) return [keyword, value.map((name) => `${NAME_MARK}${name}`)]
    if (keyword !== 'properties') return [keyword, forPrinter(value, typeName)]
    const properties = Object.entries(value ?? {}).map(([name, property]) => [NAME_MARK + name, forPrinter(property, typeName)])
    return [keyword, Object.fromEntries(properties)]
  })
  return Object.fromEntries(keywords)
}
