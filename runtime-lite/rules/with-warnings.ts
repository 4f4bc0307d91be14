import type { StoredRecord, WriteContext } from '../object/write-context.ts'
import type { RuleWarning } from './rule-warning.ts'

/** The record with what its rules say about it under `@warnings`. Inside of a nested write the outermost record tells all. */
export function withWarnings({ warnings: collected }: WriteContext, record: StoredRecord, warnings: readonly RuleWarning[]): StoredRecord {
  if (warnings.length === 0) return record
  if (collected) {
    collected.push(...warnings)
    return record
  }
  return [`${record[0].slice(0, -1)},"@warnings":${JSON.stringify(warnings)}}`, record[1]]
}
