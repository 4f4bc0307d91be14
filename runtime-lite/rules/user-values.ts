import type { RequestUser } from '../context/request-context.ts'
import type { SqlValue } from '../object/object-plan.ts'
import type { SlotValue } from '../query/ast.ts'
import { converterFor } from '../query/bind/converter.ts'
import type { UserFieldKind } from './rules-plan.ts'

const TYPES = { text: 'string', real: 'number', boolean: 'boolean', date: 'string', datetime: 'string', time: 'string' } as const
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?$/

/** What rules ask about whoever asks, in the order of `kinds`. A field that is not there, or of another type, is null, as in other rules. */
export const userValues = (user: RequestUser | null, kinds: Readonly<Record<string, UserFieldKind>>): readonly SqlValue[] =>
  Object.entries(kinds).map(([name, kind]) => {
    const value = user !== null && Object.hasOwn(user, name) ? user[name] : null
    return typeof value === TYPES[kind] ? valueAs(kind, name, value as SlotValue) : null
  })

function valueAs(kind: UserFieldKind, name: string, value: SlotValue): SqlValue {
  if (kind === 'real' && !Number.isFinite(value)) return null
  if (kind === 'time' && !TIME.test(String(value))) return null
  try {
    return converterFor({ name, field: { kind }, place: { parameter: '$filter' } }, 'parameter')(value)
  } catch {
    // A text that is no date, for example.
    return null
  }
}
