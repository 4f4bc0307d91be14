import type { AuthoredRule, Meaning, Thought, Value } from './random-rules.ts'

export type Row = { [field: string]: Value }

/** One write of one record, as the rules see it. */
export interface RuledWrite {
  readonly operation: 'create' | 'update' | 'delete'
  /** As it will be stored. */
  readonly record: Row
  /** As it is stored. Undefined on create. */
  readonly previous?: Row
  readonly isBulk: boolean
}

export interface Verdict {
  readonly code: string
  readonly pointer: string
  readonly message: string
}

/** What every rule says, slowly: one after the other, over what their authors meant. */
export function judge(
  rules: readonly AuthoredRule[],
  write: RuledWrite,
): { readonly errors: readonly Verdict[]; readonly warnings: readonly Verdict[] } {
  const errors: Verdict[] = []
  const warnings: Verdict[] = []
  const order = rules.map(({ meaning }) => meaning)
  // State machines are looked at after what is said about the record alone.
  const sorted = [...order.filter(({ check }) => check.kind !== 'transition'), ...order.filter(({ check }) => check.kind === 'transition')]
  const byPriority = [...sorted].sort(
    (a, b) => Number(a.check.kind === 'transition') - Number(b.check.kind === 'transition') || a.priority - b.priority,
  )
  for (const meaning of byPriority) {
    const broken = isBroken(meaning, write)
    if (!broken) continue
    const about = aboutOf(meaning, write)
    const verdict = { code: meaning.code, pointer: about === undefined ? '' : `/${about}`, message: filled(meaning, write) }
    if (meaning.severity === 'error') errors.push(verdict)
    else warnings.push(verdict)
  }
  return { errors, warnings }
}

/** The first field that is named by the author, else by what is compared. */
function aboutOf({ fields, check, isExpression }: Meaning, write: RuledWrite): string | undefined {
  if (fields) return fields[0]
  if (check.kind === 'transition' || check.kind === 'pattern') return check.field
  const thought = check.kind === 'holds' ? check.holds : holds(check.when, write) ? check.result : check.otherwise
  const names = thought ? [...namesIn(thought)] : []
  return isExpression && names.length > 1 ? undefined : names[0]
}

export function namesIn(thought: Thought): ReadonlySet<string> {
  if ('parts' in thought) return new Set(thought.parts.flatMap((part) => [...namesIn(part)]))
  if (thought.kind === 'not') return namesIn(thought.of)
  return new Set([thought.field, ...(thought.kind === 'compare' && 'field' in thought.other ? [thought.other.field] : [])])
}

function isBroken(meaning: Meaning, write: RuledWrite): boolean {
  const { operation, record, previous, isBulk } = write
  if (!meaning.isActive || !meaning.on.includes(operation)) return false
  if (meaning.skipsBulk && isBulk) return false
  if (
    operation === 'update' &&
    meaning.fields &&
    previous &&
    meaning.fields.every((field) => held(record, field) === held(previous, field))
  )
    return false
  if (meaning.applies && !holds(meaning.applies, write)) return false
  const { check } = meaning
  switch (check.kind) {
    case 'holds':
      return !(meaning.isExpression ? holds(check.holds, write) : isDemandMet(check.holds, write))
    case 'implies': {
      const part = holds(check.when, write) ? check.result : check.otherwise
      return part !== undefined && !(meaning.isExpression ? holds(part, write) : isDemandMet(part, write))
    }
    case 'pattern': {
      const text = held(record, check.field)
      return typeof text === 'string' && text !== '' && !check.pattern.test(text)
    }
    case 'transition': {
      const after = held(record, check.field)
      if (operation === 'create') return check.initial !== undefined && after !== null && !check.initial.includes(String(after))
      if (operation === 'delete') return false
      const before = previous ? held(previous, check.field) : null
      if (before === after) return false
      if (after === null) return true
      // A record without a value has not begun yet.
      const mentioned = [...Object.keys(check.transitions), ...Object.values(check.transitions).flat()]
      return !(before === null ? (check.initial ?? mentioned) : (check.transitions[String(before)] ?? [])).includes(String(after))
    }
    default:
      return check satisfies never
  }
}

export const held = (row: Row, field: string): Value => row[field] ?? null

/** What fields and operators demand: of a value that is missing nothing but to be equal, or to be there. */
function isDemandMet(thought: Thought, write: RuledWrite): boolean {
  const isMissing = (field: string): boolean => held(write.record, field) === null
  switch (thought.kind) {
    case 'compare':
      if (thought.operator === '=' || thought.operator === '!=') return holds(thought, write)
      return isMissing(thought.field) || ('field' in thought.other && isMissing(thought.other.field)) || holds(thought, write)
    case 'in':
    case 'text':
      return isMissing(thought.field) || holds(thought, write)
    case 'and':
      return thought.parts.every((part) => isDemandMet(part, write))
    case 'or':
      return thought.parts.some((part) => isDemandMet(part, write))
    default:
      return holds(thought, write)
  }
}

/** A comparison with a value that is missing does not hold, but for being equal to nothing. */
export function holds(thought: Thought, write: RuledWrite): boolean {
  const { record, previous } = write
  switch (thought.kind) {
    case 'compare': {
      const left = held(record, thought.field)
      const right = 'field' in thought.other ? held(record, thought.other.field) : thought.other.value
      if (thought.operator === '=') return left === right
      if (thought.operator === '!=') return left !== right
      if (left === null || right === null) return false
      const order = compare(left, right)
      return { '>': order > 0, '>=': order >= 0, '<': order < 0, '<=': order <= 0 }[thought.operator]
    }
    case 'filled': {
      const value = held(record, thought.field)
      return value !== null && value !== ''
    }
    case 'in':
      return thought.values.includes(held(record, thought.field))
    case 'text': {
      const text = held(record, thought.field)
      if (typeof text !== 'string') return false
      return thought.operator === 'contains'
        ? text.includes(thought.value)
        : thought.operator === 'starts_with'
          ? text.startsWith(thought.value)
          : text.endsWith(thought.value)
    }
    case 'changed':
      return previous !== undefined && held(record, thought.field) !== held(previous, thought.field)
    case 'not':
      return !holds(thought.of, write)
    case 'and':
      return thought.parts.every((part) => holds(part, write))
    case 'or':
      return thought.parts.some((part) => holds(part, write))
    default:
      return thought satisfies never
  }
}

function compare(left: Value, right: Value): number {
  if (typeof left === 'string' && typeof right === 'string') {
    const [a, b] = [[...left], [...right]].map((letters) => letters.map((letter) => letter.codePointAt(0) ?? 0)) as [number[], number[]]
    for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return (a[at] as number) - (b[at] as number)
    return a.length - b.length
  }
  return Number(left) - Number(right)
}

/** `{{name}}`, `{{limit}}`, `{{old_status}}`, `{{new_status}}`. */
function filled({ message, check }: Meaning, { operation, record, previous }: RuledWrite): string {
  const shown = (value: Value): string => (value === null ? '' : String(value))
  const states =
    check.kind === 'transition'
      ? {
          old_status: operation === 'create' || !previous ? null : held(previous, check.field),
          new_status: held(record, check.field),
        }
      : {}
  return message
    .split(/(\{\{\w+\}\})/)
    .map((part) => {
      const name = /^\{\{(\w+)\}\}$/.exec(part)?.[1]
      if (name === undefined) return part
      return shown(Object.hasOwn(states, name) ? ((states as Row)[name] ?? null) : held(record, name))
    })
    .join('')
}

/** Fields that a rule looks at, on update. */
export function looksAt({ fields, applies, check }: Meaning): readonly string[] {
  if (fields) return fields
  const thoughts = check.kind === 'holds' ? [check.holds] : check.kind === 'implies' ? [check.when, check.result, check.otherwise] : []
  const own = check.kind === 'transition' || check.kind === 'pattern' ? [check.field] : []
  return [...own, ...[applies, ...thoughts].flatMap((thought) => (thought ? [...namesIn(thought)] : []))]
}
