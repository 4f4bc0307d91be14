import type { Typed } from './typed.ts'

type Field = Typed & { readonly kind: 'field' }

/** The expression with other expressions in place of its fields. */
export function mapFields(typed: Typed, map: (field: Field) => Typed): Typed {
  const inside = (one: Typed): Typed => mapFields(one, map)
  switch (typed.kind) {
    case 'field':
      return map(typed)
    case 'constant':
    case 'now':
    case 'is-new':
      return typed
    case 'call':
      return { ...typed, args: typed.args.map(inside) }
    case 'if':
      return {
        ...typed,
        condition: inside(typed.condition),
        result: inside(typed.result),
        ...(typed.otherwise ? { otherwise: inside(typed.otherwise) } : {}),
      }
    case 'compare':
    case 'match':
      return { ...typed, left: inside(typed.left), right: inside(typed.right) }
    case 'is-null':
    case 'not':
      return { ...typed, of: inside(typed.of) }
    case 'and':
    case 'or':
      return { ...typed, parts: typed.parts.map(inside) }
    default:
      return typed satisfies never
  }
}

/** The fields an expression names, each once. */
export function fieldsOf(typed: Typed): readonly Field[] {
  const found = new Map<string, Field>()
  mapFields(typed, (field) => {
    found.set(`${field.root} ${field.path.join('.')}`, field)
    return field
  })
  return [...found.values()]
}

/** True when the expression names the time. */
export function namesNow(typed: Typed): boolean {
  let isFound = false
  JSON.stringify(typed, (_key, value: unknown) => {
    if (typeof value === 'object' && value !== null && (value as Typed).kind === 'now') isFound = true
    return value
  })
  return isFound
}
