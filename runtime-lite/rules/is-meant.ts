import type { RawRecord } from '../object/object-plan.ts'
import type { RecordFindings } from './findings.ts'
import { isChanged } from './is-changed.ts'
import type { PlannedRule } from './rules-plan.ts'

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
