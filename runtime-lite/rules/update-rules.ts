import type { ChangedFields } from '../query/print/print-write.ts'
import { type AskedRulePlan, askedRules, isConditional } from './ask-rules.ts'
import { asksAboutUpdate } from './ask-validators.ts'
import { relatedOfUpdate } from './beyond-lookups.ts'
import { isChangedBy } from './changed-by.ts'
import { transitionsOf } from './fold-transitions.ts'
import type { RulesPlan } from './rules-plan.ts'

/** Checks of the record alone look at one of these fields. */
export const checksUpdate = ({ onUpdate, updateFields }: RulesPlan, changed: ChangedFields): boolean =>
  onUpdate !== undefined && (updateFields === undefined || updateFields.some((field) => isChangedBy(changed, field)))

/** The rules that the database is asked about when these fields are written. */
export const askedOnUpdate = (plan: RulesPlan, changed: ChangedFields, isBulk = false): readonly AskedRulePlan[] =>
  askedRules(plan, 'update', { isBulk, isChanged: (field) => isChangedBy(changed, field) })

/** There is something to check that needs the record as it was. */
export const looksBack = (plan: RulesPlan, changed: ChangedFields): boolean =>
  checksUpdate(plan, changed) ||
  asksAboutUpdate(plan, changed) ||
  transitionsOf(plan, changed).length > 0 ||
  askedOnUpdate(plan, changed).some(isConditional) ||
  relatedOfUpdate(plan, changed) !== undefined

/** There is something to check where these fields are written. */
export const concernsUpdate = (plan: RulesPlan, changed: ChangedFields): boolean =>
  checksUpdate(plan, changed) ||
  asksAboutUpdate(plan, changed) ||
  transitionsOf(plan, changed).length > 0 ||
  askedOnUpdate(plan, changed).length > 0

/** No rule besides transitions needs more than the statement. */
export const isFoldable = (plan: RulesPlan, changed: ChangedFields): boolean =>
  askedOnUpdate(plan, changed).length === 0 && !asksAboutUpdate(plan, changed) && !relatedOfUpdate(plan, changed)
