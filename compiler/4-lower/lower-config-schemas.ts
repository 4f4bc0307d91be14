import type { LinkedConfigSchema } from '../3-link/model.ts'
import type { ConfigSchemaIr } from '../ir/plugin.ts'
import { pascalCase } from '../ir/words.ts'
import type { Json } from '../source/json.ts'

/** Configuration schemas with a type name for each and for each part they refer to, unique across the app. */
export function lowerConfigSchemas(schemas: readonly LinkedConfigSchema[]): readonly ConfigSchemaIr[] {
  const taken = new Set(['PluginConfigs'])
  // Whole configurations first: what people write down keeps its name whatever is inside another schema.
  const named = schemas.map((schema) => ({ schema, typeName: claim(typeNameOf(schema), taken) }))
  return named.map(({ schema: { owner, name, root, parts, span }, typeName }) => {
    const names = new Map([...parts.keys()].map((pointer) => [pointer, claim(typeName + pascalCase(lastStep(pointer)), taken)]))
    const reference = (pointer: string): string => (pointer === '' ? '#' : `#/$defs/${names.get(pointer) ?? ''}`)
    return {
      owner,
      name,
      typeName,
      schema: withReferences(root, reference) as ConfigSchemaIr['schema'],
      parts: Object.fromEntries([...parts].map(([pointer, part]) => [names.get(pointer) ?? '', withReferences(part, reference)])),
      span,
    }
  })
}

/** `audit`, `audit-plugin` and `@acme/plugin-audit` are all configured by an `AuditPluginConfig`. */
function typeNameOf({ owner, name }: LinkedConfigSchema): string {
  if (owner === 'app') return `${pascalCase(name).replace(/(?<=.)App$/, '')}AppSettings`
  const short = pascalCase(name.replace(/^@[^/]+\/(?=.)/, ''))
  return `${short.replace(/^Plugin(?=[A-Z])|(?<=.)Plugin$/g, '')}PluginConfig`
}

const lastStep = (pointer: string): string => pointer.slice(pointer.lastIndexOf('/') + 1).replaceAll(/~[01]/g, ' ')

function claim(name: string, taken: Set<string>): string {
  // As the printer of these types writes names: a letter after a digit is a capital.
  const base = name.replaceAll(/\d[a-z]/g, (pair) => pair.toUpperCase())
  let free = base
  for (let suffix = 1; taken.has(free); suffix++) free = `${base}$${suffix}`
  taken.add(free)
  return free
}

/** In a reduced schema a text under `$ref` is always a reference: properties of that name hold schemas. */
function withReferences(value: Json, reference: (pointer: string) => string): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: Json) => withReferences(item, reference))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      key === '$ref' && typeof item === 'string' ? reference(item) : withReferences(item, reference),
    ]),
  )
}
