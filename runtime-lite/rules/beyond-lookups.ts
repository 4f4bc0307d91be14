import { type Maybe, whenReady } from '../database/session.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { type WriteContext, within } from '../object/write-context.ts'
import type { ChangedFields } from '../query/print/print-write.ts'
import { type RelatedOf, readRelated } from '../related/read-related.ts'
import type { RelatedPlan } from '../related/related-plan.ts'
import { isChangedBy } from './changed-by.ts'
import type { RulesPlan } from './rules-plan.ts'

/** What the rules look at beyond lookups where an update writes these fields. */
export function relatedOfUpdate({ relatedOnUpdate }: RulesPlan, changed: ChangedFields): RelatedPlan | undefined {
  if (!relatedOnUpdate) return undefined
  const meant = Object.entries(relatedOnUpdate).filter(([, { when }]) => !when || when.some((field) => isChangedBy(changed, field)))
  return meant.length === 0 ? undefined : Object.fromEntries(meant)
}

/**
 * What the lookups of the records lead to, held as it is until the transaction ends. What this write will change itself, because it is summed up
 * there, is locked for that at once: two writers that both share a lock and both want more would wait for each other.
 */
export function beyondLookups(context: WriteContext, plan: RelatedPlan | undefined, records: readonly RawRecord[]): Maybe<RelatedOf> {
  const { session, database } = context
  const isSummed = (lookup: string): boolean => context.plan.rollups?.some(({ through }) => through === lookup) === true
  return readRelated(plan, records, {
    session,
    home: database,
    lockOf: (lookup, isOwn) => (isOwn && isSummed(lookup) ? 'update' : 'share'),
  })
}

/** Work in one transaction with what is read before it. */
export function afterLookups<Result>(
  context: WriteContext,
  plan: RelatedPlan | undefined,
  records: readonly RawRecord[],
  work: (context: WriteContext, of: RelatedOf | undefined) => Maybe<Result>,
): Maybe<Result> {
  if (!plan) return work(context, undefined)
  const read = (inner: WriteContext): Maybe<Result> => whenReady(beyondLookups(inner, plan, records), (of) => work(inner, of))
  const { session } = context
  return session.isTransaction || session.dialect.name === 'sqlite'
    ? read(context)
    : session.atomically((inner) => read(within(context, inner)))
}
