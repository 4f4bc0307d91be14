import { inOrder } from '../../database/maybe.ts'
import { type Maybe, whenReady } from '../../database/session.ts'
import { storedFieldsOf } from '../../query/print/print-write.ts'
import type { AutonumberPlan } from '../kept-plan.ts'
import type { SqlValue } from '../object-plan.ts'
import type { WriteContext } from '../write-context.ts'
import { type CounterStatements, counterStatements, NUMBERS_AT_ONCE } from './counter-statements.ts'

/** The new records' object, and the transaction. */
type NumberContext = Pick<WriteContext, 'plan' | 'session'>

/** Counters that one statement counts up. */
const SCOPES_AT_ONCE = 50

/** Sorts behind whatever follows the same text. */
const LAST = '\u{10ffff}'

/**
 * Writes the next numbers into the values of new records, each counter counted up once for all of them. Runs in the transaction that inserts
 * the records: others wait for the counter until it ends, and a rollback gives the numbers back.
 */
export function takeNumbers(context: NumberContext, rows: readonly SqlValue[][], now: string): Maybe<unknown> {
  const { autonumbers = [] } = context.plan
  return inOrder(autonumbers, (autonumber) => takeNumber(context, autonumber, rows, now))
}

function takeNumber(context: NumberContext, autonumber: AutonumberPlan, rows: readonly SqlValue[][], now: string): Maybe<unknown> {
  const { plan } = context
  const index = storedFieldsOf(plan).indexOf(autonumber.field)
  const rowsByBefore = new Map<string, SqlValue[][]>()
  for (const row of rows) {
    const before = autonumber.before(row, now)
    const sharing = rowsByBefore.get(before)
    if (sharing) sharing.push(row)
    else rowsByBefore.set(before, [row])
  }
  // Always in the same order, so that transactions wait for each other and not in a circle.
  const scopes = [...rowsByBefore.keys()].sort()
  const chunks = Array.from({ length: Math.ceil(scopes.length / SCOPES_AT_ONCE) }, (_, chunk) =>
    scopes.slice(chunk * SCOPES_AT_ONCE, (chunk + 1) * SCOPES_AT_ONCE),
  )
  return inOrder(chunks, (chunk) =>
    whenReady(
      countUp(context, autonumber, chunk, (before) => rowsByBefore.get(before)?.length ?? 0),
      (lastByBefore) => {
        for (const before of chunk) {
          const sharing = rowsByBefore.get(before) ?? []
          let next = (lastByBefore.get(before) as number) - sharing.length
          for (const row of sharing) row[index] = `${before}${String(++next).padStart(autonumber.width, '0')}${autonumber.after(row, now)}`
        }
      },
    ),
  )
}

/** The last number of each scope once it was counted up. */
function countUp(
  context: NumberContext,
  autonumber: AutonumberPlan,
  scopes: readonly string[],
  amountOf: (before: string) => number,
): Maybe<ReadonlyMap<string, number>> {
  const { plan, session } = context
  const statements = counterStatements(session.dialect)
  const keyOf = (before: string): string => `${plan.name}.${autonumber.field}:${before}`
  const take = statements.take(scopes.length)
  const taken = session.run(
    take,
    scopes.flatMap((before): SqlValue[] => [keyOf(before), amountOf(before)]),
  )
  const counted = whenReady(taken, ({ rows }): Maybe<ReadonlyMap<string, number>> => {
    if (take.returnsRows) return new Map(rows.map(([scope, value]) => [String(scope), Number(value)]))
    const read = inOrder(scopes, (before) => whenReady(session.row(statements.read, [keyOf(before)]), (row) => Number(row?.[0])))
    return whenReady(read, (values) => new Map(scopes.map((before, index) => [keyOf(before), values[index] as number])))
  })
  return whenReady(counted, (valueByKey) => {
    const lasts = inOrder(scopes, (before): Maybe<number> => {
      const value = valueByKey.get(keyOf(before)) as number
      const amount = amountOf(before)
      return value === amount ? begin(context, autonumber, { before, key: keyOf(before), amount }, statements) : value
    })
    return whenReady(lasts, (all) => new Map(scopes.map((before, index) => [before, all[index] as number])))
  })
}

interface NewCounter {
  readonly before: string
  readonly key: string
  readonly amount: number
}

/** A counter that was not there goes on after the largest number that records have already. */
function begin(
  context: NumberContext,
  autonumber: AutonumberPlan,
  { before, key, amount }: NewCounter,
  statements: CounterStatements,
): Maybe<number> {
  const { session } = context
  return whenReady(largest(context, autonumber.field, before), (found) => {
    const last = Math.max(found, (autonumber.start ?? 1) - 1) + amount
    if (last === amount) return last
    return whenReady(session.run(statements.set, [last, key]), () => last)
  })
}

/** The largest number after a text, 0 without one. What is no number, or too large to be counted on, does not count. */
function largest({ plan, session }: NumberContext, field: string, before: string): Maybe<number> {
  const statement = counterStatements(session.dialect).numbers(plan, field)
  const page = (after: string, most: number): Maybe<number> =>
    whenReady(session.run(statement, [after, before + LAST]), ({ rows }) => {
      let found = most
      for (const [text] of rows) {
        const digits = /^\d{1,15}/.exec(String(text).slice(before.length))
        if (digits && !/^\d/.test(String(text).slice(before.length + digits[0].length))) found = Math.max(found, Number(digits[0]))
      }
      return rows.length < NUMBERS_AT_ONCE ? found : page(String(rows.at(-1)?.[0]), found)
    })
  return page(before, 0)
}
