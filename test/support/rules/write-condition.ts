import { type Thought, typeOf, type Value } from './random-rules.ts'

/** `{ field, operator, value }` and what combines them. */
export function structured(thought: Thought): object {
  switch (thought.kind) {
    case 'compare':
      return {
        field: thought.field,
        operator: thought.operator,
        ...('field' in thought.other ? { compare_to: thought.other.field } : { value: thought.other.value }),
      }
    case 'filled':
      return { field: thought.field, operator: 'not_empty' }
    case 'in':
      return { field: thought.field, operator: 'in', value: thought.values }
    case 'text':
      return { field: thought.field, operator: thought.operator, value: thought.value }
    case 'and':
      return { all_of: thought.parts.map(structured) }
    case 'or':
      return { any_of: thought.parts.map(structured) }
    default:
      throw new Error(`${thought.kind} has no structured form`)
  }
}

export type TextDialect = 'spreadsheet' | 'cel' | 'javascript'

/** The same as an expression. */
export function expressed(thought: Thought, dialect: TextDialect): string {
  const inner = (one: Thought): string => expressed(one, dialect)
  const isSheet = dialect === 'spreadsheet'
  const name = (field: string): string => (isSheet ? field : `record.${field}`)
  switch (thought.kind) {
    case 'compare': {
      const operator = isSheet
        ? thought.operator === '!='
          ? '<>'
          : thought.operator
        : thought.operator === '='
          ? dialect === 'cel'
            ? '=='
            : '==='
          : thought.operator === '!=' && dialect === 'javascript'
            ? '!=='
            : thought.operator
      return `${name(thought.field)} ${operator} ${'field' in thought.other ? name(thought.other.field) : literal(thought.other.value, isSheet)}`
    }
    case 'filled': {
      if (isSheet) return `NOT(ISBLANK(${thought.field}))`
      const isText = ['text', 'state'].includes(typeOf(thought.field))
      if (dialect === 'cel') return `!isBlank(${name(thought.field)})`
      return isText ? `(${name(thought.field)} !== null && ${name(thought.field)} !== '')` : `${name(thought.field)} !== null`
    }
    case 'matches':
      if (isSheet) return `REGEX(${thought.field}, "${thought.pattern}")`
      return dialect === 'cel'
        ? `${name(thought.field)}.matches("${thought.pattern.replaceAll('\\', '\\\\')}")`
        : `/${thought.pattern}/u.test(${name(thought.field)})`
    case 'changed':
      if (isSheet && !thought.field.includes('.')) return `ISCHANGED(${thought.field})`
      if (isSheet) return `AND(NOT(ISNEW()), ${thought.field} <> previous.${thought.field})`
      // New records have nothing to compare with.
      return dialect === 'cel'
        ? `(previous.id != null && ${name(thought.field)} != previous.${thought.field})`
        : `(previous.id !== null && record.${thought.field} !== previous.${thought.field})`
    case 'not':
      return isSheet ? `NOT(${inner(thought.of)})` : `!(${inner(thought.of)})`
    case 'and':
      return isSheet ? `AND(${thought.parts.map(inner).join(', ')})` : `(${thought.parts.map(inner).join(' && ')})`
    case 'or':
      return isSheet ? `OR(${thought.parts.map(inner).join(', ')})` : `(${thought.parts.map(inner).join(' || ')})`
    default:
      throw new Error(`${thought.kind} is written in structured form only`)
  }
}

function literal(value: Value, isSheet: boolean): string {
  if (value === null) return isSheet ? 'NULL' : 'null'
  if (typeof value !== 'string') return String(value)
  return `"${value}"`
}
