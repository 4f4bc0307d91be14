type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }
// biome-ignore lint/suspicious/noExplicitAny: what a keyword holds is known by its name.
type Schema = boolean | { readonly [keyword: string]: any }

/** Whether a value meets a JSON Schema, slowly: the words of the two drafts, one keyword after the other. */
export function meets(value: Json, schema: Schema, root: Schema): boolean {
  if (typeof schema === 'boolean') return schema
  const draft = typeof root === 'object' ? String(root['$schema'] ?? '') : ''
  const [isOld, isNew] = [!draft.includes('2020'), !draft.includes('draft-07')]
  const is = (one: Json, by: Schema): boolean => meets(one, by, root)
  const has = (name: string): boolean => name in schema
  if (isNew && has('$dynamicRef') && !is(value, referred(schema['$dynamicRef'], root))) return false
  const { type, enum: values, const: constant, $ref, allOf, anyOf, oneOf, not } = schema
  if (type !== undefined && ![type].flat().some((one: string) => hasType(value, one))) return false
  if (values && !values.some((one: Json) => same(one, value))) return false
  if (has('const') && !same(constant, value)) return false
  if ($ref !== undefined && !is(value, referred($ref, root))) return false
  if (allOf && !allOf.every((one: Schema) => is(value, one))) return false
  if (anyOf && !anyOf.some((one: Schema) => is(value, one))) return false
  if (oneOf && oneOf.filter((one: Schema) => is(value, one)).length !== 1) return false
  if (not !== undefined && is(value, not)) return false
  if (has('if')) {
    const branch = is(value, schema['if']) ? schema['then'] : schema['else']
    if (branch !== undefined && !is(value, branch)) return false
  }
  if (typeof value === 'number') {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
    if (minimum !== undefined && !(value >= minimum)) return false
    if (maximum !== undefined && !(value <= maximum)) return false
    if (exclusiveMinimum !== undefined && !(value > exclusiveMinimum)) return false
    if (exclusiveMaximum !== undefined && !(value < exclusiveMaximum)) return false
    if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) return false
  }
  if (typeof value === 'string') {
    const { minLength, maxLength, pattern } = schema
    if (minLength !== undefined && [...value].length < minLength) return false
    if (maxLength !== undefined && [...value].length > maxLength) return false
    if (pattern !== undefined && !new RegExp(pattern, 'u').test(value)) return false
  }
  if (Array.isArray(value)) {
    const { items, additionalItems, prefixItems, minItems, maxItems, uniqueItems, contains } = schema
    const first: readonly Schema[] = isOld && Array.isArray(items) ? items : isNew && prefixItems ? prefixItems : []
    const rest: Schema | undefined = Array.isArray(items) ? (isOld ? additionalItems : undefined) : items
    if (minItems !== undefined && value.length < minItems) return false
    if (maxItems !== undefined && value.length > maxItems) return false
    if (uniqueItems && value.some((one, at) => value.slice(at + 1).some((other) => same(one, other)))) return false
    for (const [at, one] of value.entries()) {
      const by = at < first.length ? first[at] : rest
      if (by !== undefined && !is(one, by)) return false
    }
    if (has('contains')) {
      const count = value.filter((one) => is(one, contains)).length
      const least = isNew ? (schema['minContains'] ?? 1) : 1
      if (count < least || (isNew && count > (schema['maxContains'] ?? count))) return false
    }
    if (isNew && has('unevaluatedItems')) {
      const { unevaluatedItems, ...others } = schema
      const known = lookedAt(value, others, root)
      if (!value.every((one, at) => known.has(at) || is(one, unevaluatedItems))) return false
    }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const members = Object.entries(value as { readonly [name: string]: Json })
    const owns = (name: string): boolean => Object.hasOwn(value, name)
    const { properties = {}, patternProperties = {}, additionalProperties, propertyNames, required, minProperties, maxProperties } = schema
    if (required && !required.every(owns)) return false
    if (minProperties !== undefined && members.length < minProperties) return false
    if (maxProperties !== undefined && members.length > maxProperties) return false
    for (const [name, one] of members) {
      if (propertyNames !== undefined && !is(name, propertyNames)) return false
      const patterns = Object.entries(patternProperties).filter(([pattern]) => new RegExp(pattern, 'u').test(name))
      if (!patterns.every(([, by]) => is(one, by as Schema))) return false
      const isNamed = Object.hasOwn(properties, name)
      if (isNamed && !is(one, properties[name])) return false
      if (!isNamed && patterns.length === 0 && additionalProperties !== undefined && !is(one, additionalProperties)) return false
    }
    const needed = { ...(isOld ? schema['dependencies'] : {}), ...(isNew ? schema['dependentRequired'] : {}) }
    for (const [name, by] of Object.entries({ ...needed }))
      if (owns(name) && !(Array.isArray(by) ? by.every(owns) : is(value, by as Schema))) return false
    if (isNew)
      for (const [name, by] of Object.entries(schema['dependentSchemas'] ?? {})) if (owns(name) && !is(value, by as Schema)) return false
    if (isNew && has('unevaluatedProperties')) {
      const { unevaluatedProperties, ...others } = schema
      const known = lookedAt(value, others, root)
      if (!members.every(([name, one]) => known.has(name) || is(one, unevaluatedProperties))) return false
    }
  }
  return true
}

/** Names or indices that a schema of 2020-12 looks at, by its words: none where the value does not meet it. */
function lookedAt(value: Json, schema: Schema, root: Schema): ReadonlySet<string | number> {
  const known = new Set<string | number>()
  if (typeof schema === 'boolean' || typeof value !== 'object' || value === null || !meets(value, schema, root)) return known
  const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value)
  const also = (by: Schema | undefined): void => {
    if (by !== undefined) for (const key of lookedAt(value, by, root)) known.add(key)
  }
  const all = (): void => {
    for (const key of keys) known.add(key)
  }
  if (Array.isArray(value)) {
    for (const at of (schema['prefixItems'] ?? []).keys()) known.add(at)
    if ('items' in schema || 'unevaluatedItems' in schema) all()
    if ('contains' in schema) for (const [at, one] of value.entries()) if (meets(one, schema['contains'], root)) known.add(at)
  } else {
    for (const name of Object.keys(schema['properties'] ?? {})) known.add(name)
    for (const pattern of Object.keys(schema['patternProperties'] ?? {}))
      for (const key of keys) if (new RegExp(pattern, 'u').test(String(key))) known.add(key)
    if ('additionalProperties' in schema || 'unevaluatedProperties' in schema) all()
    for (const [name, by] of Object.entries(schema['dependentSchemas'] ?? {})) if (Object.hasOwn(value, name)) also(by as Schema)
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf']) for (const by of schema[keyword] ?? []) also(by)
  for (const keyword of ['$ref', '$dynamicRef']) if (keyword in schema) also(referred(schema[keyword], root))
  if ('if' in schema) {
    also(schema['if'])
    also(meets(value, schema['if'], root) ? schema['then'] : schema['else'])
  }
  return known
}

function hasType(value: Json, type: string): boolean {
  if (type === 'integer') return Number.isInteger(value)
  if (type === 'null') return value === null
  if (type === 'array') return Array.isArray(value)
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value)
  return typeof value === type
}

function same(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const [one, two] = [a, b] as { readonly [name: string]: Json }[]
  const names = Object.keys(one!)
  return names.length === Object.keys(two!).length && names.every((name) => Object.hasOwn(two!, name) && same(one![name]!, two![name]!))
}

function referred(ref: string, root: Schema): Schema {
  if (/^#[^/]/.test(ref)) return anchored(ref.slice(1), root)!
  let found = root
  for (const step of ref.slice(1).split('/').slice(1))
    found = (found as { readonly [name: string]: Schema })[step.replaceAll('~1', '/').replaceAll('~0', '~')]!
  return found
}

function anchored(name: string, part: Json): Schema | undefined {
  if (typeof part !== 'object' || part === null) return undefined
  if ((part as { readonly [name: string]: Json })['$dynamicAnchor'] === name) return part as Schema
  for (const inner of Object.values(part)) {
    const found = anchored(name, inner)
    if (found !== undefined) return found
  }
  return undefined
}
