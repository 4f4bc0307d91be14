import { NeedsTransaction } from '../behaviour/needs-transaction.ts'
import type { Maybe } from '../database/session.ts'
import type { RawRecord } from '../object/object-plan.ts'
import type { WriteContext } from '../object/write-context.ts'
import type { ChangedFields } from '../query/print/print-write.ts'
import type { AskedOperation } from '../validators/asking.ts'
import type { Question } from '../validators/question.ts'
import { isChangedBy } from './changed-by.ts'
import { type RecordFindings, refuseBroken } from './findings.ts'
import type { RulesPlan } from './rules-plan.ts'

/** A record whose other rules hold. */
interface CheckedRecord {
  readonly id: string
  readonly record: RawRecord
  /** Empty on create. */
  readonly previous: RawRecord
  readonly findings: RecordFindings
  /** Where it stands in the request. */
  readonly at: string
}

/** Some rule asks a function or an address: writes wait for the answers. */
export const asksAnybody = ({ asksOnCreate, asksOnUpdate, asksOnDelete }: RulesPlan): boolean =>
  (asksOnCreate ?? asksOnUpdate ?? asksOnDelete) !== undefined

/** An update of these fields may have to be asked about. */
export const asksAboutUpdate = ({ asksOnUpdate, askedFields }: RulesPlan, changed: ChangedFields): boolean =>
  asksOnUpdate !== undefined && (askedFields === undefined || askedFields.some((field) => isChangedBy(changed, field)))

/** Nobody waits outside of a transaction that is one's own. @throws NeedsTransaction */
export function demandTransaction({ database }: WriteContext, isAsking: boolean): void {
  if (isAsking && !database.isScoped) throw new NeedsTransaction()
}

const ASKS = { create: 'asksOnCreate', update: 'asksOnUpdate', delete: 'asksOnDelete' } as const

/** Asks about records whose other rules hold. At once where there is nothing to ask. @throws ObjectQLError 422 for what is refused. */
export function askValidators(
  context: WriteContext,
  plan: RulesPlan,
  operation: AskedOperation,
  checked: readonly CheckedRecord[],
): Maybe<unknown> {
  if (plan[ASKS[operation]] === undefined) return undefined
  const inquiries = checked.flatMap((one) => {
    const questions = questionsAbout(plan, operation, one)
    return questions.length === 0 ? [] : [{ ...one, questions }]
  })
  if (inquiries.length === 0) return undefined
  demandTransaction(context, true)
  const { asking } = context.database.behaviours
  if (!asking) throw new Error(`The validators of "${context.plan.name}" are not loaded.`)
  return asking(context, operation, inquiries).then(() => refuseBroken(checked.map(({ findings }) => findings)))
}

function questionsAbout(plan: RulesPlan, operation: AskedOperation, { record, previous, findings }: CheckedRecord): readonly Question[] {
  const questions: Question[] = []
  if (operation === 'create') plan.asksOnCreate?.(record, findings, questions)
  else if (operation === 'update') plan.asksOnUpdate?.(record, previous, findings, questions)
  else plan.asksOnDelete?.(record, findings, questions)
  return questions
}
