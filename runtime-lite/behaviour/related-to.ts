import { type Maybe, whenReady } from '../database/session.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { WriteContext } from '../object/write-context.ts'
import { type KnownRelated, type RelatedReading, readRelated } from '../related/read-related.ts'
import { NONE_RELATED, type RelatedPlan } from '../related/related-plan.ts'
import { prepareRelated } from '../related/related-statement.ts'
import type { Behaviour, Phase, RelatedOfPhases } from './behaviour.ts'
import type { HookContext } from './hook-context.ts'

/**
 * Reads what the conditions of a phase look at beyond the lookups of the record, unless it was read already. `plan`: false where no condition can
 * hold, so that nothing has to be read.
 */
export function relatedTo(
  context: HookContext,
  plan: RelatedPlan | false,
  lockOf?: RelatedReading['lockOf'],
  record: RawRecord = context.record,
): Maybe<unknown> {
  const reading = plan && context.relatedReading
  if (!reading) return undefined
  const { previous } = context
  return whenReady(readRelated(plan, previous ? [record, previous] : [record], { ...reading, ...(lockOf ? { lockOf } : {}) }), (of) => {
    context.related = of(record)
    context.relatedBefore = previous ? of(previous) : NONE_RELATED
    return undefined
  })
}

/** The rest of a pipeline, once that is read. */
export const afterRelated = (context: HookContext, plan: RelatedPlan | false, rest: () => unknown): unknown =>
  whenReady(relatedTo(context, plan), rest)

/** Plans that are missing have to be missed before a hook has run. @throws MissingPlan */
export function prepareBeyond({ related }: Behaviour, { database }: Pick<WriteContext, 'database'>): void {
  if (related) for (const plan of plansOf(related)) prepareRelated(plan, database, undefined)
}

const plansOf = (related: RelatedOfPhases, phases = Object.keys(related) as readonly Phase[]): readonly RelatedPlan[] =>
  phases.flatMap((phase) => related[phase] ?? [])

/** What the conditions of some phases look at beyond the lookups of many records, read for all of them. Undefined: no condition does. */
export function readTogether(
  { plan, session, database, knownRelated }: WriteContext,
  phases: readonly Phase[],
  records: readonly RawRecord[],
): Maybe<KnownRelated | undefined> {
  const { related, locksRelated } = plan.behaviour as Behaviour
  if (!related) return undefined
  const known: KnownRelated = knownRelated ?? new Map()
  const read = (plans: readonly RelatedPlan[]): Maybe<KnownRelated> => {
    const [first, ...rest] = plans
    return first
      ? whenReady(readRelated(first, records, { session, home: database, known, ...(locksRelated ? { lockOf: () => 'share' } : {}) }), () =>
          read(rest),
        )
      : known
  }
  return read(plansOf(related, phases))
}
