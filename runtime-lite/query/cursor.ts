import type { SqlValue } from '../object/object-plan.ts'
import { queryError } from '../problem/problem.ts'
import type { Operand, SlotValue } from './ast.ts'
import { constant, operandValue } from './bind/bind-value.ts'
import { parameterKindOf } from './bind/typed-expression.ts'
import type { BoundCursor, BoundExpression, BoundQuery, BoundSort, Parameter } from './bound.ts'
import { expressionKey } from './passes/identity.ts'

/** A keyed digest of a text, base64url: the same text gives the same digest, and nobody without the key can make one. */
export type Sign = (text: string) => string

/**
 * Cursors are opaque: the sort keys of the last record of a page, signed together with the object and the order they belong to. The next
 * page begins behind these keys, so records that were inserted or deleted meanwhile shift nothing.
 */
export interface CursorCodec {
  /** The object and the order that its cursors belong to. */
  readonly shape: string
  /** `keys` is the JSON text of an object with one member per sort item, as the database gave it. */
  encode(keys: string): string
  /** @throws ObjectQLError 400 for what this codec did not encode, or another query's did. */
  decode(cursor: string): SortKeys
}

/** Values by position of their sort item. */
export type SortKeys = Readonly<Record<string, SqlValue | boolean>>

export const createCursorCodec = ({ plan, orderBy }: Pick<BoundQuery, 'plan' | 'orderBy'>, sign: Sign): CursorCodec =>
  cursorCodecOf([plan.name, ...orderBy.map(sortText)].join('\n'), sign)

export function cursorCodecOf(shape: string, sign: Sign): CursorCodec {
  return {
    shape,
    encode(keys) {
      return `${toBase64Url(keys)}.${sign(`${shape}\n${keys}`)}`
    },
    decode(cursor) {
      const dot = cursor.indexOf('.')
      const keys = dot < 0 || cursor.length > MAX_CURSOR ? undefined : fromBase64Url(cursor.slice(0, dot))
      if (keys === undefined || !isSame(sign(`${shape}\n${keys}`), cursor.slice(dot + 1)))
        throw queryError(
          'INVALID_QUERY',
          'cursor',
          'The cursor is not one of this query: pass "next_cursor" of the page before, with the same order.',
        )
      return JSON.parse(keys, exactNumber) as SortKeys
    },
  }
}

const MAX_CURSOR = 1_000_000

const sortText = ({ by, isDescending, nullsFirst }: BoundSort): string =>
  `${expressionKey(by)} ${isDescending ? 'desc' : 'asc'} ${nullsFirst ? 'first' : 'last'}`

/** Whole numbers beyond 2^53 stay exact. */
function exactNumber(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const { source } = context ?? {}
  if (typeof value !== 'number' || source === undefined || Number.isSafeInteger(value) || !/^-?\d{1,19}$/.test(source)) return value
  return BigInt(source)
}

/** In constant time: how long it takes says nothing about where two signatures differ. */
function isSame(left: string, right: string): boolean {
  let difference = left.length ^ right.length
  for (let at = 0; at < left.length; at++) difference |= left.charCodeAt(at) ^ right.charCodeAt(at)
  return difference === 0
}

/** The values of a cursor as parameters, one per sort item. */
export function cursorParameters(operand: Operand, orderBy: readonly BoundSort[], codec: CursorCodec): BoundCursor {
  const read = cursorReader(codec)
  return { values: orderBy.map(({ by }, index) => cursorParameter(operand, index, kindOf(by), read)) }
}

/** One sort key of a cursor. */
export function cursorParameter(operand: Operand, index: number, kind: Parameter['kind'], read: CursorReader): Parameter {
  const pick = (cursor: SlotValue): SqlValue => {
    const value = read(String(cursor))[index] ?? null
    return typeof value === 'boolean' ? Number(value) : value
  }
  if (operand.kind === 'constant') return constant(kind, pick(operand.value))
  const bind: Parameter['bind'] = (values) => pick(operandValue(operand, values))
  return { kind, key: `cursor ${operand.index} ${index}`, bind, recipe: { op: 'cursor', operand, index } }
}

export type CursorReader = (cursor: string) => SortKeys

/** All values of a statement come from one cursor: it is read once. */
export function cursorReader(codec: CursorCodec): CursorReader {
  let last: { readonly cursor: string; readonly keys: SortKeys } | undefined
  return (cursor) => {
    if (last?.cursor !== cursor) last = { cursor, keys: codec.decode(cursor) }
    return last.keys
  }
}

function kindOf(by: BoundExpression): Parameter['kind'] {
  switch (by.kind) {
    case 'column':
      return parameterKindOf(by.field)
    case 'lookup':
      return kindOf(by.of)
    case 'parameter':
      return by.parameter.kind
    default:
      return KINDS[by.value] ?? 'text'
  }
}

const KINDS: Readonly<Record<string, Parameter['kind']>> = {
  text: 'text',
  number: 'real',
  boolean: 'boolean',
  date: 'date',
  time: 'time',
  datetime: 'datetime',
}

function toBase64Url(text: string): string {
  let binary = ''
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function fromBase64Url(text: string): string | undefined {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
    const decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(binary, (unit) => unit.charCodeAt(0)))
    // Only the one spelling that was given out: base64 has others for the same bytes.
    return toBase64Url(decoded) === text ? decoded : undefined
  } catch {
    return undefined
  }
}
