import { currentContext } from '../context/request-context.ts'
import { inOrder } from '../database/maybe.ts'
import { type Maybe, type ResultRow, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { type Created, type StoredRecord, type WriteContext, within } from '../object/write-context.ts'
import type { ChangedFields } from '../query/print/print-write.ts'
import type { RelatedOf } from '../related/read-related.ts'
import { askRestored } from './ask-restored.ts'
import { type AskedRecord, type AskedRulePlan, askedRules, askRules, lockForRules } from './ask-rules.ts'
import { asksAboutUpdate, asksAnybody, askValidators, demandTransaction } from './ask-validators.ts'
import { afterLookups, beyondLookups, relatedOfUpdate } from './beyond-lookups.ts'
import { countsUp } from './changed-by.ts'
import { createFindings, type FindingsOf, type RecordFindings, refuseBroken } from './findings.ts'
import { foldTransitions } from './fold-transitions.ts'
import { indexedIssue } from './indexed-issue.ts'
import { isMeant } from './is-meant.ts'
import { chunksOf, merged, recordsOf } from './read-records.ts'
import type { RulesPlan } from './rules-plan.ts'
import { checkBeginning, checkTransition } from './transitions.ts'
import { askedOnUpdate, checksUpdate, concernsUpdate, isFoldable, looksBack } from './update-rules.ts'
import { reportWarnings, withWarnings } from './with-warnings.ts'
import type { WriteRules } from './write-rules.ts'

const NOTHING: RawRecord = Object.freeze({})

/** One record that is checked. */
interface Checked {
  readonly id: string
  /** Where it stands in the request. */
  readonly at: string
  readonly record: RawRecord
  /** Empty on create. */
  readonly previous: RawRecord
  readonly findings: RecordFindings
}

interface Change extends Omit<Checked, 'findings'> {
  readonly changed: ChangedFields
  readonly now: string
  readonly of: RelatedOf | undefined
}

/** A new record as it will be stored. */
interface Made {
  readonly id: string
  readonly record: RawRecord
  readonly at: string
}

/** The rules of an object as its store calls them. */
export function enforceRules(plan: RulesPlan): WriteRules {
  /** A new record is looked at only where its beginning is limited. */
  const beginnings = (plan.transitions ?? []).filter(({ initial, on }) => initial !== undefined && (on?.includes('create') ?? true))

  function checkNew(context: WriteContext, { id, record, at }: Made, now: string, of: RelatedOf | undefined): Checked {
    const findings = findingsFor(context, { record, at, now, related: of?.(record) })
    plan.onCreate?.(record, findings)
    for (const transition of beginnings)
      if (isMeant(transition, 'create', record, NOTHING, findings)) checkBeginning(transition, record, findings)
    return { id, record, at, previous: NOTHING, findings }
  }

  function checkTransitions(record: RawRecord, previous: RawRecord, findings: RecordFindings): void {
    for (const transition of plan.transitions ?? [])
      if (isMeant(transition, 'update', record, previous, findings)) checkTransition(transition, previous, record, findings)
  }

  /** What the records of an update lead to, and where rules look behind, what they led to. */
  const beyondUpdate = (context: WriteContext, changed: ChangedFields, records: readonly RawRecord[], before: readonly RawRecord[]) => {
    const related = relatedOfUpdate(plan, changed)
    return related ? beyondLookups(context, related, plan.looksBehind ? [...records, ...before] : records) : undefined
  }

  const findingsOfChange = (context: WriteContext, { record, previous, changed, at, now, of }: Omit<Change, 'id'>): RecordFindings =>
    findingsFor(context, { record, at, now, changed, related: of?.(record), relatedBefore: plan.looksBehind && of?.(previous) })

  function checkChanged(context: WriteContext, change: Change): Checked {
    const { id, record, previous, changed, at } = change
    const findings = findingsOfChange(context, change)
    if (checksUpdate(plan, changed)) plan.onUpdate?.(record, previous, findings)
    checkTransitions(record, previous, findings)
    return { id, record, previous, findings, at }
  }

  function createMade(
    context: WriteContext,
    made: readonly Made[],
    now: string,
    of: RelatedOf | undefined,
    write: (context: WriteContext) => Maybe<readonly Created[]>,
  ): Maybe<readonly Created[]> {
    const checked = made.map((record) => checkNew(context, record, now, of))
    refuseBroken(checked.map(({ findings }) => findings))
    return whenReady(askValidators(context, plan, 'create', checked), () => writeMade(context, checked, now, write))
  }

  function writeMade(
    context: WriteContext,
    checked: readonly Checked[],
    now: string,
    write: (context: WriteContext) => Maybe<readonly Created[]>,
  ): Maybe<readonly Created[]> {
    const tell = (created: readonly Created[]): readonly Created[] =>
      checked.every(({ findings }) => findings.warnings.length === 0)
        ? created
        : created.map((one, index): Created => ({ ...one, record: told(context, one.record, checked[index]) }))
    const asked = askedRules(plan, 'create', { isBulk: context.isBulk === true })
    if (asked.length === 0) return whenReady(write(context), tell)
    const askOf = ({ id, record }: Created, index: number): Asked => {
      const findings = checked[index]?.findings ?? findingsFor(context, { record: {}, at: '', now })
      return { id, record: () => JSON.parse(record[0]) as RawRecord, previous: NOTHING, findings }
    }
    return context.session.atomically((session) => {
      const inner = within(context, session)
      return whenReady(lockForRules(inner, asked, []), () =>
        whenReady(write(inner), (created) => whenReady(askAll(inner, asked, created.map(askOf)), () => tell(created))),
      )
    })
  }

  return {
    plan,
    waits: asksAnybody(plan),
    onCreate: (plan.onCreate ?? plan.asksOnCreate) !== undefined || beginnings.length > 0 || askedRules(plan, 'create').length > 0,
    onDelete: (plan.onDelete ?? plan.asksOnDelete) !== undefined || askedRules(plan, 'delete').length > 0,
    onUpdate: (changed) => concernsUpdate(plan, changed),
    fold: (changed, values) => (isFoldable(plan, changed) ? foldTransitions(plan, changed, values) : undefined),
    indexedIssue,
    restore: (context, ids, write) => askRestored(plan, context, ids, write),
    explain(context, previous, { values, at }) {
      const now = isoInstant(Date.now())
      const record = merged(previous, values, now)
      const findings = findingsFor(context, { record, at, now })
      checkTransitions(record, previous, findings)
      refuseBroken([findings])
      return undefined
    },
    create(context, records, time, write) {
      demandTransaction(context, plan.asksOnCreate !== undefined)
      const now = isoInstant(time)
      const made = records.map(({ id, input, at }): Made => ({ id, at, record: plan.newRecord(id, input, now) as RawRecord }))
      return afterLookups(
        context,
        plan.relatedOnCreate,
        made.map(({ record }) => record),
        (inner, of) => createMade(inner, made, now, of, write),
      )
    },
    update(context, id, { values, changed, at }, write) {
      demandTransaction(context, asksAboutUpdate(plan, changed))
      const now = isoInstant(Date.now())
      const { session, statements } = context
      const asked = askedOnUpdate(plan, changed, context.isBulk)
      /** Asks about the record once it is written, and says what there is to say. */
      const finish = (record: StoredRecord, previous: RawRecord, known?: Checked): Maybe<StoredRecord> => {
        if (asked.length === 0) return told(context, record, known)
        const stored = JSON.parse(record[0]) as RawRecord
        const checked = known ?? { id, at, record: stored, previous, findings: findingsFor(context, { record: stored, at, now, changed }) }
        return whenReady(askAll(context, asked, [{ ...checked, record: () => stored, isChange: true }]), () =>
          told(context, record, checked),
        )
      }
      const check = (row: ResultRow | undefined): Maybe<StoredRecord> => {
        // There is no such record: the statement says so.
        if (!row) return write()
        const previous = JSON.parse(row[0] as string) as RawRecord
        const checkedAs = (record: RawRecord): Maybe<Checked> =>
          whenReady(beyondUpdate(context, changed, [record], [previous]), (of) => {
            const checked = checkChanged(context, { id, record, previous, changed, at, now, of })
            refuseBroken([checked.findings])
            return whenReady(askValidators(context, plan, 'update', [checked]), () => checked)
          })
        if (countsUp(changed))
          return whenReady(write(), (record) =>
            whenReady(checkedAs(JSON.parse(record[0]) as RawRecord), (checked) => finish(record, previous, checked)),
          )
        return whenReady(checkedAs(merged(previous, values, now)), (checked) =>
          whenReady(write(), (record) => finish(record, previous, checked)),
        )
      }
      return whenReady(lockForRules(context, asked, [id]), () =>
        looksBack(plan, changed)
          ? whenReady(session.row(statements.getLocked, [id]), check)
          : whenReady(write(), (record) => finish(record, NOTHING)),
      )
    },
    updateMany(context, { ids, values, changed, at }, write) {
      demandTransaction(context, asksAboutUpdate(plan, changed))
      const now = isoInstant(Date.now())
      const asked = askedOnUpdate(plan, changed, context.isBulk)
      const beyond = (pairs: readonly Pair[]) =>
        beyondUpdate(
          context,
          changed,
          pairs.map(([, record]) => record),
          pairs.map(([, , previous]) => previous),
        )
      const check = (pairs: readonly Pair[]): Maybe<unknown> =>
        whenReady(beyond(pairs), (of) => {
          const checked = pairs.map(([id, record, previous]) => checkChanged(context, { id, record, previous, changed, at, now, of }))
          refuseBroken(checked.map(({ findings }) => findings))
          return whenReady(askValidators(context, plan, 'update', checked), () => reportWarnings(context, checked))
        })
      const ask = (pairs: readonly Pair[]): Maybe<unknown> => {
        if (asked.length === 0) return undefined
        return whenReady(beyond(pairs), (of) => {
          const askOf = ([id, record, previous]: Pair): Asked => ({
            id,
            record: () => record,
            previous,
            findings: findingsOfChange(context, { record, previous, changed, at, now, of }),
            isChange: true,
          })
          const records = pairs.map(askOf)
          return whenReady(askAll(context, asked, records), () => reportWarnings(context, records))
        })
      }
      if (!looksBack(plan, changed))
        return whenReady(lockForRules(context, asked, ids), () =>
          whenReady(write(), (result) =>
            whenReady(
              inOrder(chunksOf(ids), (chunk) =>
                whenReady(recordsOf(context, chunk), (found) => ask([...found].map(([id, record]): Pair => [id, record, NOTHING]))),
              ),
              () => result,
            ),
          ),
        )
      const before = whenReady(lockForRules(context, asked, ids), () =>
        inOrder(chunksOf(ids), (chunk) =>
          whenReady(recordsOf(context, chunk), (found) => {
            if (countsUp(changed)) return found
            return whenReady(check([...found].map(([id, previous]): Pair => [id, merged(previous, values, now), previous])), () => found)
          }),
        ),
      )
      return whenReady(before, (chunks) =>
        whenReady(write(), (result) => {
          if (!countsUp(changed) && asked.length === 0) return result
          return whenReady(
            inOrder(chunks, (previousById) =>
              whenReady(recordsOf(context, [...previousById.keys()]), (after) => {
                const pairs = [...after].map(([id, record]): Pair => [id, record, previousById.get(id) ?? NOTHING])
                return whenReady(countsUp(changed) ? check(pairs) : undefined, () => ask(pairs))
              }),
            ),
            () => result,
          )
        }),
      )
    },
    delete(context, ids, remove) {
      demandTransaction(context, plan.asksOnDelete !== undefined)
      const now = isoInstant(Date.now())
      const asked = askedRules(plan, 'delete', { isBulk: context.isBulk === true })
      const check = ([id, record]: readonly [string, RawRecord], of: RelatedOf): Asked => {
        const findings = findingsFor(context, { record, at: '', now, related: of(record) })
        plan.onDelete?.(record, findings)
        return { id, record: () => record, previous: record, findings }
      }
      const askAbout = (records: readonly Asked[]): Maybe<unknown> =>
        plan.asksOnDelete &&
        askValidators(
          context,
          plan,
          'delete',
          records.map((one) => ({ ...one, at: '', record: one.previous })),
        )
      return whenReady(
        inOrder(chunksOf(ids), (chunk) =>
          whenReady(recordsOf(context, chunk, true), (found) =>
            whenReady(beyondLookups(context, plan.relatedOnDelete, [...found.values()]), (of) => {
              const records = [...found].map((one) => check(one, of))
              refuseBroken(records.map(({ findings }) => findings))
              return whenReady(askAbout(records), () => whenReady(askAll(context, asked, records), () => reportWarnings(context, records)))
            }),
          ),
        ),
        remove,
      )
    },
  }
}

type Asked = AskedRecord & { readonly findings: RecordFindings }

/** `record`: as it will be, or is. */
type Pair = readonly [id: string, record: RawRecord, previous: RawRecord]

/** @throws ObjectQLError 422 for what breaks a rule. */
const askAll = (context: WriteContext, asked: readonly AskedRulePlan[], records: readonly Asked[]): Maybe<unknown> =>
  asked.length === 0 ? undefined : whenReady(askRules(context, asked, records), () => refuseBroken(records.map(({ findings }) => findings)))

const told = (context: WriteContext, record: StoredRecord, checked: Checked | undefined): StoredRecord =>
  checked ? withWarnings(context, record, checked.findings.warnings) : record

const findingsFor = ({ isBulk }: WriteContext, of: Omit<FindingsOf, 'context' | 'isBulk'>): RecordFindings =>
  createFindings({ ...of, context: currentContext(), isBulk: isBulk === true })
