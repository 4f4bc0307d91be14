import type { RawRecord } from '../object/object-plan.ts'
import type { RecordFindings } from '../rules/findings.ts'
import type { Question } from './question.ts'

type WriteContext = import('../object/write-context.ts').WriteContext

export type AskedOperation = 'create' | 'update' | 'delete'

/** A record and the questions about it. */
export interface Inquiry {
  readonly id: string
  /** As it will be; before a deletion, as it is. */
  readonly record: RawRecord
  /** Empty on create. */
  readonly previous: RawRecord
  /** Where it stands in the request. */
  readonly at: string
  readonly findings: RecordFindings
  readonly questions: readonly Question[]
}

/**
 * Asks the validators of rules about the records of a write, side by side, inside of its transaction. What is wrong is added to their findings.
 * Rejects with ObjectQLError 503 where somebody who could refuse the record does not answer, and with whatever else goes wrong.
 */
export type Asking = (context: WriteContext, operation: AskedOperation, inquiries: readonly Inquiry[]) => Promise<void>
