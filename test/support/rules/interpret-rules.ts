import { meets } from '../json-schema/interpret-schema.ts'
import { type AskedMeaning, asks, isAsked, isAskedBroken } from './interpret-asked.ts'
import type { AuthoredRule, Meaning, Thought, Value } from './random-rules.ts'
import { held as heldIn, type Row, type RuleWorld } from './rule-world.ts'

export { held, type Row } from './rule-world.ts'

/** One write of one record, as the rules see it. */
export interface RuledWrite {
  readonly operation: 'create' | 'update' | 'delete'
  /** As it will be stored. */
  readonly record: Row
  /** As it is stored. Undefined on create. */
  readonly previous?: Row
  readonly isBulk: boolean
  /** Fields that an update writes. */
  readonly written?: ReadonlySet<string>
  /** Absent: nothing is related to it. */
  readonly world?: RuleWorld
}

export interface Verdict {
  readonly code: string
  readonly pointer: string
  readonly message: string
}

export interface Verdicts {
  readonly errors: readonly Verdict[]
  readonly warnings: readonly Verdict[]
}

/** What every rule over the record itself says, slowly: one after the other, over what their authors meant. */
export function judge(rules: readonly AuthoredRule[], write: RuledWrite): Verdicts {
  const meant = rules.map(({ meaning }) => meaning).filter((meaning) => !isAsked(meaning))
  // State machines are looked at after what is said about the record alone.
  const inOrder = [...meant].sort(
    (a, b) => Number(a.check.kind === 'transition') - Number(b.check.kind === 'transition') || a.priority - b.priority,
  )
  return verdicts(
    inOrder.filter((meaning) => isBroken(meaning, write)),
    write,
  )
}

/** What rules say that ask other records, once all of them are written. Unique ones are asked first. */
export function judgeAsked(meant: readonly AskedMeaning[], id: string, write: RuledWrite): Verdicts {
  const inOrder = [...meant].sort(
    (a, b) => Number(a.check.kind !== 'unique') - Number(b.check.kind !== 'unique') || a.priority - b.priority,
  )
  return verdicts(
    inOrder.filter((meaning) => isAskedFor(meaning, write) && isAskedBroken(meaning, id, write, write.world as RuleWorld)),
    write,
  )
}

/** Whether the rule is asked about this record. */
export const isAskedFor = (meaning: AskedMeaning, write: RuledWrite): boolean =>
  isMeant(meaning, write) && (write.operation !== 'update' || asks(meaning, namesIn).some((field) => write.written?.has(field)))

function verdicts(broken: readonly Meaning[], write: RuledWrite): Verdicts {
  const told = broken.map((meaning) => ({ meaning, verdict: verdictOf(meaning, write) }))
  const of = (isError: boolean): Verdict[] =>
    told.filter(({ meaning }) => (meaning.severity === 'error') === isError).map(({ verdict }) => verdict)
  return { errors: of(true), warnings: of(false) }
}

export function verdictOf(meaning: Meaning, write: RuledWrite): Verdict {
  const about = aboutOf(meaning, write)
  return { code: meaning.code, pointer: about === undefined ? '' : `/${about}`, message: filled(meaning, write) }
}

/** The first field that is named by the author, else by what is compared. */
function aboutOf({ fields, about, check, isExpression }: Meaning, write: RuledWrite): string | undefined {
  if (about !== undefined) return about
  // What is wrong in a structure is told where it is.
  if (check.kind === 'schema') return check.field
  if (fields) return fields[0]
  if (check.kind === 'unreferenced') return undefined
  if (check.kind === 'unique') return check.key[0]
  if ('field' in check) return check.field
  const thought = check.kind === 'holds' ? check.holds : holds(check.when, write) ? check.result : check.otherwise
  const names = thought ? [...namesIn(thought)] : []
  return isExpression && names.length > 1 ? undefined : names[0]
}

export function namesIn(thought: Thought): ReadonlySet<string> {
  if ('parts' in thought) return new Set(thought.parts.flatMap((part) => [...namesIn(part)]))
  if (thought.kind === 'not') return namesIn(thought.of)
  return new Set(pathsIn(thought).map((path) => path.split('.')[0] as string))
}

function pathsIn(thought: Thought): readonly string[] {
  if ('parts' in thought) return thought.parts.flatMap(pathsIn)
  if (thought.kind === 'not') return pathsIn(thought.of)
  return [thought.field, ...(thought.kind === 'compare' && 'field' in thought.other ? [thought.other.field] : [])]
}

/** The rule is about this operation and this record. */
function isMeant(meaning: Meaning, write: RuledWrite): boolean {
  const { operation, record, previous, isBulk, world } = write
  if (!meaning.isActive || !meaning.on.includes(operation)) return false
  if (meaning.skipsBulk && isBulk) return false
  const isSame = (field: string): boolean => sameText(heldIn(record, field, world)) === sameText(heldIn(previous ?? {}, field, world))
  if (operation === 'update' && meaning.fields && previous && meaning.fields.every(isSame)) return false
  return !meaning.applies || holds(meaning.applies, write)
}

/** Equal values, members of structures in any order. */
const sameText = (value: Value): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

/** Where an update writes nothing that it looks at, a rule that looks at related records is not asked; each part of a conditional one by itself. */
function isOverlooked(meaning: Meaning, write: RuledWrite): boolean {
  const { operation, written } = write
  const { check, fields } = meaning
  if (operation !== 'update' || fields || check.kind === 'transition') return false
  const part: Meaning =
    check.kind === 'implies'
      ? { ...meaning, check: holds(check.when, write) ? { ...check, otherwise: undefined } : { ...check, result: undefined } }
      : meaning
  const isBeyond =
    thoughtsOf(part).some((thought) => pathsIn(thought).some((path) => path.includes('.'))) || /\{\{\w+\.\w/.test(meaning.message)
  return isBeyond && !looksAt(part).some((field) => written?.has(field))
}

const thoughtsOf = ({ check, applies }: Meaning): readonly Thought[] => {
  const own =
    check.kind === 'holds'
      ? [check.holds]
      : check.kind === 'implies'
        ? [check.when, check.result, check.otherwise]
        : check.kind === 'offered'
          ? check.options.map(({ when }) => when)
          : []
  return [applies, ...own].filter((thought) => thought !== undefined)
}

function isBroken(meaning: Meaning, write: RuledWrite): boolean {
  const { operation, record, previous, world } = write
  if (!isMeant(meaning, write) || isOverlooked(meaning, write)) return false
  const held = (row: Row, field: string): Value => heldIn(row, field, world)
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
    case 'schema': {
      const value = held(record, check.field)
      return value !== null && !meets(value as never, check.schema as never, check.schema as never)
    }
    case 'offered': {
      const chosen = (row: Row | undefined): readonly unknown[] => (row ? [held(row, check.field)].flat() : [])
      const isList = Array.isArray(record[check.field])
      // Of a list only what was not chosen before.
      const fresh = chosen(record).filter((value) => !isList || !chosen(previous).includes(value))
      return check.options.some(({ value, when }) => fresh.includes(value) && !holds(when, write))
    }
    case 'unique':
    case 'lookup':
    case 'unreferenced':
      throw new Error('It is asked.')
    default:
      return check satisfies never
  }
}

/** What fields and operators demand: of a value that is missing nothing but to be equal, or to be there. */
function isDemandMet(thought: Thought, write: RuledWrite): boolean {
  const isMissing = (field: string): boolean => heldIn(write.record, field, write.world) === null
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
  const { record, previous, world } = write
  const held = (row: Row, field: string): Value => heldIn(row, field, world)
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
    case 'matches': {
      const text = held(record, thought.field)
      return typeof text === 'string' && new RegExp(thought.pattern, 'u').test(text)
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
function filled({ message, check }: Meaning, { operation, record, previous, world }: RuledWrite): string {
  const held = (row: Row, field: string): Value => heldIn(row, field, world)
  const shown = (value: Value): string => (value === null ? '' : Array.isArray(value) ? value.join(', ') : String(value))
  const states =
    check.kind === 'transition'
      ? {
          old_status: operation === 'create' || !previous ? null : held(previous, check.field),
          new_status: held(record, check.field),
        }
      : {}
  return message
    .split(/(\{\{[\w.]+\}\})/)
    .map((part) => {
      const name = /^\{\{([\w.]+)\}\}$/.exec(part)?.[1]
      if (name === undefined) return part
      return shown(Object.hasOwn(states, name) ? ((states as Row)[name] ?? null) : held(record, name))
    })
    .join('')
}

/** Fields that a rule looks at, on update. */
export function looksAt(meaning: Meaning): readonly string[] {
  const { fields, check } = meaning
  if (fields) return fields
  const own = 'field' in check ? [check.field] : []
  return [...own, ...thoughtsOf(meaning).flatMap((thought) => [...namesIn(thought)])]
}
