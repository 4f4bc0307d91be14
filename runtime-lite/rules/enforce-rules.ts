import { currentUser } from '../context/request-context.ts'
import { inOrder } from '../database/maybe.ts'
import { type Maybe, type ResultRow, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { type Created, type StoredRecord, type WriteContext, within } from '../object/write-context.ts'
import type { ChangedFields } from '../query/print/print-write.ts'
import { type AskedRecord, type AskedRulePlan, askedRules, askRules, lockForRules } from './ask-rules.ts'
import { countsUp, isChangedBy } from './changed-by.ts'
import { createFindings, type RecordFindings, refuseBroken, ruleIssue } from './findings.ts'
import { foldTransitions, transitionsOf } from './fold-transitions.ts'
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

interface Change extends Omit<Checked, 'findings'> {
  readonly changed: ChangedFields
  readonly at: string
  readonly now: string
}

/** The rules of an object as its store calls them. */
export function enforceRules(plan: RulesPlan): WriteRules {
  const runsOn = (operation: 'create' | 'update' | 'delete', rules: readonly PlannedRule[] = []): boolean =>
    rules.some(({ on }) => on?.includes(operation) ?? operation !== 'delete')
  const plannedOn = (operation: 'create' | 'update' | 'delete'): boolean =>
    runsOn(operation, plan.transitions) || askedRules(plan, operation).length > 0

  /** There is something to check that needs the record as it was. */
  const looksBack = (changed: ChangedFields): boolean =>
    checksUpdate(plan, changed) || transitionsOf(plan, changed).length > 0 || askedOnUpdate(changed).some(isConditional)

  const askedOnUpdate = (changed: ChangedFields, isBulk = false): readonly AskedRulePlan[] =>
    askedRules(plan, 'update', { isBulk, isChanged: (field) => isChangedBy(changed, field) })

  function checkNew(context: WriteContext, { id, input, at }: NewRecord, now: string): Checked {
    const record = plan.newRecord(id, input, now) as RawRecord
    const findings = findingsFor(context, record, at, now)
    plan.onCreate?.(record, findings)
    for (const transition of plan.transitions ?? [])
      if (isMeant(transition, 'create', record, NOTHING, findings)) checkBeginning(transition, record, findings)
    return { id, record, previous: NOTHING, findings }
  }

  function checkTransitions(record: RawRecord, previous: RawRecord, findings: RecordFindings): void {
    for (const transition of plan.transitions ?? [])
      if (isMeant(transition, 'update', record, previous, findings)) checkTransition(transition, previous, record, findings)
  }

  function checkChanged(context: WriteContext, { id, record, previous, changed, at, now }: Change): Checked {
    const findings = findingsFor(context, record, at, now)
    if (checksUpdate(plan, changed)) plan.onUpdate?.(record, previous, findings)
    checkTransitions(record, previous, findings)
    return { id, record, previous, findings }
  }

  return {
    plan,
    onCreate: plan.onCreate !== undefined || plannedOn('create'),
    onDelete: plan.onDelete !== undefined || plannedOn('delete'),
    onUpdate: (changed) => checksUpdate(plan, changed) || transitionsOf(plan, changed).length > 0 || askedOnUpdate(changed).length > 0,
    fold: (changed, values) => (askedOnUpdate(changed).length > 0 ? undefined : foldTransitions(plan, changed, values)),
    issue: ruleIssue,
    explain(context, previous, { values, at }) {
      const now = isoInstant(Date.now())
      const record = merged(previous, values, now)
      const findings = findingsFor(context, record, at, now)
      checkTransitions(record, previous, findings)
      refuseBroken([findings])
      return undefined
    },
    create(context, records, time, write) {
      const now = isoInstant(time)
      const checked = records.map((record) => checkNew(context, record, now))
      refuseBroken(checked.map(({ findings }) => findings))
      const tell = (created: readonly Created[]): readonly Created[] =>
        checked.every(({ findings }) => findings.warnings.length === 0)
          ? created
          : created.map((one, index): Created => ({ ...one, record: told(context, one.record, checked[index]) }))
      const asked = askedRules(plan, 'create', { isBulk: context.isBulk === true })
      if (asked.length === 0) return whenReady(write(context), tell)
      const askOf = ({ id, record }: Created, index: number): Asked => {
        const findings = checked[index]?.findings ?? findingsFor(context, {}, '', now)
        return { id, record: () => JSON.parse(record[0]) as RawRecord, previous: NOTHING, findings }
      }
      return context.session.atomically((session) => {
        const inner = within(context, session)
        return whenReady(lockForRules(inner, asked, []), () =>
          whenReady(write(inner), (created) => whenReady(askAll(inner, asked, created.map(askOf)), () => tell(created))),
        )
      })
    },
    update(context, id, { values, changed, at }, write) {
      const now = isoInstant(Date.now())
      const { session, statements } = context
      const asked = askedOnUpdate(changed, context.isBulk === true)
      /** Asks about the record once it is written, and says what there is to say. */
      const finish = (record: StoredRecord, previous: RawRecord, known?: Checked): Maybe<StoredRecord> => {
        if (asked.length === 0) return told(context, record, known)
        const stored = JSON.parse(record[0]) as RawRecord
        const checked = known ?? { id, record: stored, previous, findings: findingsFor(context, stored, at, now) }
        return whenReady(askAll(context, asked, [{ ...checked, record: () => stored }]), () => told(context, record, checked))
      }
      const check = (row: ResultRow | undefined): Maybe<StoredRecord> => {
        // There is no such record: the statement says so.
        if (!row) return write()
        const previous = JSON.parse(row[0] as string) as RawRecord
        if (countsUp(changed))
          return whenReady(write(), (record) => {
            const checked = checkChanged(context, { id, record: JSON.parse(record[0]) as RawRecord, previous, changed, at, now })
            refuseBroken([checked.findings])
            return finish(record, previous, checked)
          })
        const checked = checkChanged(context, { id, record: merged(previous, values, now), previous, changed, at, now })
        refuseBroken([checked.findings])
        return whenReady(write(), (record) => finish(record, previous, checked))
      }
      return whenReady(lockForRules(context, asked, [id]), () =>
        looksBack(changed)
          ? whenReady(session.row(statements.getLocked, [id]), check)
          : whenReady(write(), (record) => finish(record, NOTHING)),
      )
    },
    updateMany(context, { ids, values, changed, at }, write) {
      const now = isoInstant(Date.now())
      const asked = askedOnUpdate(changed, context.isBulk === true)
      const check = (pairs: readonly (readonly [id: string, record: RawRecord, previous: RawRecord])[]): void =>
        refuseBroken(pairs.map(([id, record, previous]) => checkChanged(context, { id, record, previous, changed, at, now }).findings))
      const askOf = ([id, record]: readonly [string, RawRecord], previous: RawRecord): Asked => ({
        id,
        record: () => record,
        previous,
        findings: findingsFor(context, record, at, now),
      })
      if (!looksBack(changed))
        return whenReady(lockForRules(context, asked, ids), () =>
          whenReady(write(), (result) =>
            whenReady(
              inOrder(chunksOf(ids), (chunk) =>
                whenReady(recordsOf(context, chunk), (found) =>
                  askAll(
                    context,
                    asked,
                    [...found].map((one) => askOf(one, NOTHING)),
                  ),
                ),
              ),
              () => result,
            ),
          ),
        )
      const before = whenReady(lockForRules(context, asked, ids), () =>
        inOrder(chunksOf(ids), (chunk) =>
          whenReady(recordsOf(context, chunk), (found) => {
            if (!countsUp(changed)) check([...found].map(([id, previous]) => [id, merged(previous, values, now), previous]))
            return found
          }),
        ),
      )
      return whenReady(before, (chunks) =>
        whenReady(write(), (result) => {
          if (!countsUp(changed) && asked.length === 0) return result
          return whenReady(
            inOrder(chunks, (previousById) =>
              whenReady(recordsOf(context, [...previousById.keys()]), (after) => {
                if (countsUp(changed)) check([...after].map(([id, record]) => [id, record, previousById.get(id) ?? NOTHING]))
                return askAll(
                  context,
                  asked,
                  [...after].map((one) => askOf(one, previousById.get(one[0]) ?? NOTHING)),
                )
              }),
            ),
            () => result,
          )
        }),
      )
    },
    delete(context, ids, remove) {
      const now = isoInstant(Date.now())
      const asked = askedRules(plan, 'delete', { isBulk: context.isBulk === true })
      const check = ([id, record]: readonly [string, RawRecord]): Asked => {
        const findings = findingsFor(context, record, '', now)
        plan.onDelete?.(record, findings)
        return { id, record: () => record, previous: record, findings }
      }
      return whenReady(
        inOrder(chunksOf(ids), (chunk) =>
          whenReady(recordsOf(context, chunk, true), (found) => {
            const records = [...found].map(check)
            refuseBroken(records.map(({ findings }) => findings))
            return askAll(context, asked, records)
          }),
        ),
        remove,
      )
    },
  }
}

type Asked = AskedRecord & { readonly findings: RecordFindings }

/** @throws ObjectQLError 422 for what breaks a rule. */
const askAll = (context: WriteContext, asked: readonly AskedRulePlan[], records: readonly Asked[]): Maybe<unknown> =>
  asked.length === 0 ? undefined : whenReady(askRules(context, asked, records), () => refuseBroken(records.map(({ findings }) => findings)))

/** Whether it is about a record depends on more than what is written. */
const isConditional = ({ applies }: AskedRulePlan): boolean => applies !== undefined

const checksUpdate = ({ onUpdate, updateFields }: RulesPlan, changed: ChangedFields): boolean =>
  onUpdate !== undefined && (updateFields === undefined || updateFields.some((field) => isChangedBy(changed, field)))

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

/** Records by id, in one statement, in the order of their ids: no database promises one, and what is wrong is told in the same order everywhere. */
function recordsOf({ session, statements }: WriteContext, ids: readonly string[], isLocked = false): Maybe<ReadonlyMap<string, RawRecord>> {
  if (ids.length === 0) return new Map()
  return whenReady(
    session.run(isLocked ? statements.byIdsLocked : statements.byIds, [JSON.stringify(ids)]),
    ({ rows }) =>
      new Map(
        rows
          .map((row): [string, RawRecord] => [String(row[2]), JSON.parse(row[0] as string) as RawRecord])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      ),
  )
}
