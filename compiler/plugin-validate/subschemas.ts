/** A schema inside of a schema. */
export interface SchemaPlace {
  readonly schema: { readonly [keyword: string]: unknown }
  /** JSON pointer from the outermost schema. */
  readonly pointer: string
  /** The setting it is about, for people: `retention.days`. */
  readonly setting: string
}

/** Keywords whose values are schemas by name, in a list, or one schema. */
const BY_NAME = ['properties', 'patternProperties', 'definitions', '$defs', 'dependentSchemas']
const LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items']
const SINGLE = [
  ...['items', 'additionalItems', 'additionalProperties', 'unevaluatedItems', 'unevaluatedProperties', 'contains', 'propertyNames'],
  ...['not', 'if', 'then', 'else'],
]

/** The schema and every schema inside of it. Values such as defaults and examples are none, whatever they look like. */
export function subschemas(schema: unknown, pointer = '', setting = ''): readonly SchemaPlace[] {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return []
  const own = schema as { readonly [keyword: string]: unknown }
  const inner = (value: unknown, path: string, name: string): readonly SchemaPlace[] => subschemas(value, `${pointer}/${path}`, name)
  return [
    { schema: own, pointer, setting },
    ...BY_NAME.flatMap((keyword) =>
      Object.entries(isMap(own[keyword]) ? own[keyword] : {}).flatMap(([name, value]) =>
        inner(value, `${keyword}/${escapePointer(name)}`, setting === '' ? name : `${setting}.${name}`),
      ),
    ),
    ...LISTS.flatMap((keyword) => {
      const list = own[keyword]
      return Array.isArray(list) ? list.flatMap((value, index) => inner(value, `${keyword}/${index}`, setting)) : []
    }),
    ...SINGLE.flatMap((keyword) => (Object.hasOwn(own, keyword) ? inner(own[keyword], keyword, setting) : [])),
  ]
}

export const escapePointer = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1')

const isMap = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)
