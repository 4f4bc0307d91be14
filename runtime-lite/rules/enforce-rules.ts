import { currentUser } from '../context/request-context.ts'
import { inOrder } from '../database/maybe.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { Created, StoredRecord, WriteContext } from '../object/write-context.ts'
import type { ChangedFields } from '../query/print/print-write.ts'
import { createFindings, type RecordFindings, refuseBroken } from './findings.ts'
import { isChanged } from './is-changed.ts'
import type { PlannedRule, RulesPlan } from './rules-plan.ts'
import { checkBeginning, checkTransition } from './transitions.ts'
import { withWarnings } from './with-warnings.ts'
import type { NewRecord, WriteRules } from './write-rules.ts'

/** Records that are read and checked at once. */
const CHECKED_AT_ONCE = 500

const NOTHING: RawRecord = Object.freeze({})

/** One record that is checked. */
interface Checked {
  readonly id: string
  readonly record: RawRecord
  /** Empty on create. */
  readonly previous: RawRecord
  readonly findings: RecordFindings
}

/** The rules of an object as its store calls them. */
export function enforceRules(plan: RulesPlan): WriteRules {
  const runsOn = (operation: 'create' | 'update' | 'delete', rules: readonly PlannedRule[] = []): boolean =>
    rules.some(({ on }) => on?.includes(operation) ?? operation !== 'delete')
  const plannedOn = (operation: 'create' | 'update' | 'delete'): boolean =>
    runsOn(operation, plan.transitions) || runsOn(operation, plan.unique) || runsOn(operation, plan.related)
  const onUpdate = plan.onUpdate !== undefined || plannedOn('update')

  function checkNew(context: WriteContext, { id, input, at }: NewRecord, now: string): Checked {
    const record = plan.newRecord(id, input, now) as RawRecord
    const findings = findingsFor(context, record, at, now)
    plan.onCreate?.(record, findings)
    for (const transition of plan.transitions ?? [])
      if (isMeant(transition, 'create', record, NOTHING, findings)) checkBeginning(transition, record, findings)
    return { id, record, previous: NOTHING, findings }
  }

  function checkChanged(context: WriteContext, id: string, record: RawRecord, previous: RawRecord, at: string, now: string): Checked {
    const findings = findingsFor(context, record, at, now)
    plan.onUpdate?.(record, previous, findings)
    for (const transition of plan.transitions ?? [])
      if (isMeant(transition, 'update', record, previous, findings)) checkTransition(transition, previous, record, findings)
    return { id, record, previous, findings }
  }

  return {
    plan,
    onCreate: plan.onCreate !== undefined || plannedOn('create'),
    onDelete: plan.onDelete !== undefined || plannedOn('delete'),
    onUpdate: (changed) => onUpdate && (plan.updateFields === undefined || plan.updateFields.some((field) => isChangedBy(changed, field))),
    create(context, records, time, write) {
      const now = isoInstant(time)
      const checked = records.map((record) => checkNew(context, record, now))
      refuseBroken(checked.map(({ findings }) => findings))
      return whenReady(write(context), (created) =>
        checked.every(({ findings }) => findings.warnings.length === 0)
          ? created
          : created.map((one, index): Created => ({ ...one, record: told(context, one.record, checked[index]) })),
      )
    },
    update(context, id, { values, changed, at }, write) {
      const now = isoInstant(Date.now())
      const { session, statements } = context
      return whenReady(session.row(statements.getLocked, [id]), (row): Maybe<StoredRecord> => {
        // There is no such record: the statement says so.
        if (!row) return write()
        const previous = JSON.parse(row[0] as string) as RawRecord
        if (countsUp(changed))
          return whenReady(write(), (record) => {
            const checked = checkChanged(context, id, JSON.parse(record[0]) as RawRecord, previous, at, now)
            refuseBroken([checked.findings])
            return told(context, record, checked)
          })
        const checked = checkChanged(context, id, merged(previous, values, now), previous, at, now)
        refuseBroken([checked.findings])
        return whenReady(write(), (record) => told(context, record, checked))
      })
    },
    updateMany(context, { ids, values, changed, at }, write) {
      const now = isoInstant(Date.now())
      const check = (pairs: readonly (readonly [id: string, record: RawRecord, previous: RawRecord])[]): void =>
        refuseBroken(pairs.map(([id, record, previous]) => checkChanged(context, id, record, previous, at, now).findings))
      if (!countsUp(changed))
        return whenReady(
          inOrder(chunksOf(ids), (chunk) =>
            whenReady(recordsOf(context, chunk), (found) =>
              check([...found].map(([id, previous]) => [id, merged(previous, values, now), previous])),
            ),
          ),
          write,
        )
      return whenReady(
        inOrder(chunksOf(ids), (chunk) => recordsOf(context, chunk)),
        (before) =>
          whenReady(write(), (result) =>
            whenReady(
              inOrder(before, (previousById) =>
                whenReady(recordsOf(context, [...previousById.keys()]), (after) =>
                  check([...after].map(([id, record]) => [id, record, previousById.get(id) ?? NOTHING])),
                ),
              ),
              () => result,
            ),
          ),
      )
    },
    delete(context, ids, remove) {
      const now = isoInstant(Date.now())
      const check = ([, record]: readonly [string, RawRecord]): RecordFindings => {
        const findings = findingsFor(context, record, '', now)
        plan.onDelete?.(record, findings)
        return findings
      }
      return whenReady(
        inOrder(chunksOf(ids), (chunk) => whenReady(recordsOf(context, chunk, true), (found) => refuseBroken([...found].map(check)))),
        remove,
      )
    },
  }
}

const told = (context: WriteContext, record: StoredRecord, checked: Checked | undefined): StoredRecord =>
  checked ? withWarnings(context, record, checked.findings.warnings) : record

const findingsFor = ({ isBulk }: WriteContext, record: RawRecord, at: string, now: string): RecordFindings =>
  createFindings({ record, at, now, user: currentUser() ?? null, isBulk: isBulk === true })

/** The rule is about this operation and this record. */
export function isMeant(
  { on, applies, fields }: PlannedRule,
  operation: 'create' | 'update' | 'delete',
  record: RawRecord,
  previous: RawRecord,
  findings: RecordFindings,
): boolean {
  if (!(on?.includes(operation) ?? operation !== 'delete')) return false
  if (operation === 'update' && fields && !isChanged(record, previous, ...fields)) return false
  return applies === undefined || applies(record, previous, findings)
}

const isChangedBy = ({ set, increment = [], multiply = [] }: ChangedFields, field: string): boolean =>
  set.includes(field) || increment.includes(field) || multiply.includes(field)

const countsUp = ({ increment = [], multiply = [] }: ChangedFields): boolean => increment.length + multiply.length > 0

function merged(previous: RawRecord, values: RawRecord, now: string): RawRecord {
  const record: RawRecord = { ...previous, updated_at: now }
  for (const [name, value] of Object.entries(values)) if (value !== undefined) record[name] = value
  return record
}

function chunksOf(ids: readonly string[]): readonly (readonly string[])[] {
  const chunks: (readonly string[])[] = []
  for (let start = 0; start < ids.length; start += CHECKED_AT_ONCE) chunks.push(ids.slice(start, start + CHECKED_AT_ONCE))
  return chunks
}

/** Records by id, in one statement. */
function recordsOf({ session, statements }: WriteContext, ids: readonly string[], isLocked = false): Maybe<ReadonlyMap<string, RawRecord>> {
  if (ids.length === 0) return new Map()
  return whenReady(
    session.run(isLocked ? statements.byIdsLocked : statements.byIds, [JSON.stringify(ids)]),
    ({ rows }) => new Map(rows.map((row) => [String(row[2]), JSON.parse(row[0] as string) as RawRecord])),
  )
}
