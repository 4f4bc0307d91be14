import { inOrder, recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import { DatabaseFailure } from '../database/sql-error.ts'
import { maxUpdateRows } from '../query/print/print-update-each.ts'
import { changeRecord, type PreparedChanges, prepareChanges } from './change-record.ts'
import { isKept } from './filtered-writes.ts'
import type { RawRecord } from './object-plan.ts'
import { referringToLive } from './trash/referring-to-live.ts'
import { type WriteContext, within } from './write-context.ts'

/** What becomes of one record: valid by itself, without amounts and related records. */
export interface RecordChange {
  readonly id: string
  readonly values: RawRecord
}

type Prepared = RecordChange & PreparedChanges

/** Records of one UPDATE: few different numbers, so that few statements are prepared. */
const CHUNKS = [64, 16, 4] as const

/** Changes by the fields they set, where nothing but the records depends on those; undefined otherwise. */
function grouped(context: WriteContext, changes: readonly RecordChange[]): ReadonlyMap<string, readonly Prepared[]> | undefined {
  const groups = new Map<string, Prepared[]>()
  for (const change of changes) {
    const prepared = prepareChanges(context.plan, { values: change.values, increments: [] })
    if (!prepared) continue
    if (isKept(context, prepared.changed)) return undefined
    const key = prepared.changed.set.join('\0')
    const group = groups.get(key)
    if (group) group.push({ ...change, ...prepared })
    else groups.set(key, [{ ...change, ...prepared }])
  }
  return groups
}

/**
 * Changes records, each in its own way, in few statements: all or none. They are there, and locked. When the database refuses, they are changed one by one,
 * which tells which of them is the reason. Undefined, nothing done: rules, roll-ups or a history look at each of them.
 */
export function changeRecords(context: WriteContext, changes: readonly RecordChange[], at: string): Maybe<unknown> | undefined {
  const groups = grouped(context, changes)
  if (!groups) return undefined
  const { session, plan } = context
  const together = (inner: WriteContext): Maybe<unknown> =>
    inner.session.atomically((scope) => inOrder([...groups.values()], (group) => runChunks(within(inner, scope), group)))
  const inputs = changes.map(({ values }) => values)
  return recovering(
    () => (plan.trashTargets ? referringToLive(context, inputs, () => at, together) : together(context)),
    (error) => {
      if (!(error instanceof DatabaseFailure) || error.status >= 500) throw error
      return session.atomically((scope: Session) =>
        inOrder(changes, ({ id, values }) => changeRecord(within(context, scope), id, { values, increments: [] }, { at })),
      )
    },
  )
}

function runChunks(context: WriteContext, group: readonly Prepared[]): Maybe<unknown> {
  const { session } = context
  const set = group[0]?.changed.set ?? []
  const most = maxUpdateRows(set.length, session.dialect)
  const chunks: (readonly Prepared[])[] = []
  for (let start = 0; start < group.length; ) {
    const size = CHUNKS.find((count) => count <= group.length - start && count <= most) ?? 1
    chunks.push(group.slice(start, start + size))
    start += size
  }
  return inOrder(chunks, (chunk) => {
    const values = set.flatMap((_, field) => chunk.flatMap(({ id, parameters }) => [id, parameters[field] ?? null]))
    return whenReady(
      session.run(context.statements.updateEach(set, chunk.length), [...values, ...chunk.map(({ id }) => id)]),
      ({ changes }) => changes,
    )
  })
}
