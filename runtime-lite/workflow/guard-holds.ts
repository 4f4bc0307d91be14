import type { Behaviour } from '../behaviour/behaviour.ts'
import type { HookContext } from '../behaviour/hook-context.ts'
import { relatedTo } from '../behaviour/related-to.ts'
import { currentUser } from '../context/request-context.ts'
import { type Maybe, whenReady } from '../database/session.ts'
import { isoInstant } from '../id.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { RelatedPlan } from '../related/related-plan.ts'
import type { Condition, Scope } from './workflow-plan.ts'

/** The record with what is written. */
export const merged = ({ previous, data }: HookContext): RawRecord => ({ ...previous, ...data })

const scopeOf = ({ host, previous, related, relatedBefore }: HookContext): Scope => ({
  now: isoInstant(host.now()),
  user: currentUser() ?? {},
  previous: previous ?? {},
  related,
  relatedBefore,
  variables: {},
  isNew: previous === undefined,
})

const SHARED = (): 'share' => 'share'

/** Whether a printed guard of a machine holds. `related`: what the guards of the machine look at beyond lookups. */
export function guardHolds(guard: Condition, context: HookContext, related: RelatedPlan | undefined): Maybe<boolean> {
  if (!related) return guard(merged(context), scopeOf(context))
  return whenReady(relatedTo(context, related, SHARED, merged(context)), () => guard(merged(context), scopeOf(context)))
}

/** What guards look at beyond lookups is held until the transaction ends: they say what may be written. */
export function withBeyond(
  hooks: Behaviour | undefined,
  machines: readonly { readonly related?: RelatedPlan }[],
): Pick<Behaviour, 'related' | 'locksRelated'> {
  const plans = machines.map(({ related }) => related).filter((related) => related !== undefined)
  if (plans.length === 0) return {}
  const { beforeCreate = [], beforeUpdate = [] } = hooks?.related ?? {}
  return {
    related: { ...hooks?.related, beforeCreate: [...beforeCreate, ...plans], beforeUpdate: [...beforeUpdate, ...plans] },
    locksRelated: true,
  }
}
