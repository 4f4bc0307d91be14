import { hash } from 'node:crypto'
import { canonicalJson } from './entry-hash.ts'

type Row = Readonly<Record<string, unknown>>

/** What a field was and is. Absent: there was, or is, nothing. */
export interface Difference {
  readonly from?: unknown
  readonly to?: unknown
}

/** How values are kept. */
export interface Keeping {
  readonly isMasked: (field: string) => boolean
  readonly maxLength: number
}

export const MASK = '***'

/** Set by the application with every write: they say nothing about what somebody did. */
const KEPT_BY_ITSELF: ReadonlySet<string> = new Set(['id', 'created_at', 'updated_at', 'created_by', 'updated_by'])

/** What differs between a record before and after, by field. Empty where nothing does. */
export function differencesOf(before: Row | undefined, after: Row | undefined, keeping: Keeping): Record<string, Difference> {
  const found: Record<string, Difference> = {}
  for (const field of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    if (KEPT_BY_ITSELF.has(field)) continue
    const [from, to] = [before?.[field] ?? null, after?.[field] ?? null]
    if (canonicalJson(from) === canonicalJson(to)) continue
    const kept = (value: unknown): unknown => (keeping.isMasked(field) ? MASK : shortened(withoutSecrets(value), keeping.maxLength))
    // Own properties whatever they are called: `__proto__` is a legal name.
    Object.defineProperty(found, field, {
      value: { ...(from === null ? {} : { from: kept(from) }), ...(to === null ? {} : { to: kept(to) }) },
      enumerable: true,
    })
  }
  return found
}

/** Documents may hold secrets too: members that are named like one are masked, however deep they are. */
function withoutSecrets(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutSecrets)
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, SECRET_NAME.test(name) ? MASK : withoutSecrets(member)]))
}

function shortened(value: unknown, maxLength: number): unknown {
  const text = typeof value === 'string' ? value : typeof value === 'object' ? canonicalJson(value) : ''
  return text.length <= maxLength ? value : { length: text.length, sha256: hash('sha256', text, 'hex') }
}

const SECRET_TYPES: ReadonlySet<unknown> = new Set(['password', 'secret'])
const SECRET_NAME = /passw(?:or)?d|secret|token|api_?key|private_?key|credential/i

/** Which fields of an object are masked: secrets by type or name, and those of the configuration. */
export function maskOf(object: string, fields: Readonly<Record<string, { readonly type?: unknown }>>, mask: readonly string[]) {
  const told = new Set(mask.flatMap((name) => (name.startsWith(`${object}.`) ? [name.slice(object.length + 1), name] : [name])))
  return (field: string): boolean => told.has(field) || SECRET_NAME.test(field) || SECRET_TYPES.has(fields[field]?.type)
}
