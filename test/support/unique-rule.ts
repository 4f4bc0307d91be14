import type { UniqueRule } from '../../compiler/6-emit/sql/rule-index.ts'
import type { Typed, ValueType } from '../../compiler/expression/typed.ts'
import { Span } from '../../compiler/source/span.ts'

const HERE = { start: 0, end: 0 } as const

/** A unique rule as the compiler has it. */
export const uniqueRule = (name: string, key: readonly string[], rest: Partial<Omit<UniqueRule, 'kind' | 'key'>> = {}): UniqueRule => ({
  kind: 'unique',
  name,
  code: name,
  severity: 'error',
  message: `There is another one (${name}).`,
  on: ['create', 'update'],
  about: key,
  priority: 100,
  key,
  isCaseSensitive: true,
  span: Span.file('rules.yml'),
  ...rest,
})

/** A comparison of a field with a value, or with null. */
export function compares(name: string, operator: 'eq' | 'ne' | 'gt', value: string | number | boolean | null, path = [name]): Typed {
  const type = typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : ('text' satisfies ValueType)
  const left: Typed = { kind: 'field', root: 'record', path, type, ...HERE }
  if (value === null) return { kind: 'is-null', type: 'boolean', of: left, ...HERE }
  return { kind: 'compare', type: 'boolean', operator, left, right: { kind: 'constant', type, value, ...HERE }, ...HERE }
}

export const both = (kind: 'and' | 'or', ...parts: readonly Typed[]): Typed => ({ kind, type: 'boolean', parts, ...HERE })
