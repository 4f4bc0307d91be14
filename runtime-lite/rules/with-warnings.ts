import type { RawRecord } from '../object/object-plan.ts'
import type { StoredRecord, WriteContext } from '../object/write-context.ts'
import type { RuleWarning } from '../problem/rule-warning.ts'
import { isPlainObject } from '../validate/plain-object.ts'

const MEMBER = '@warnings'

/** The record with what its rules say about it under `@warnings`. Inside of a nested write the outermost record tells all. */
export function withWarnings({ warnings: collected }: WriteContext, record: StoredRecord, warnings: readonly RuleWarning[]): StoredRecord {
  if (warnings.length === 0) return record
  if (collected) {
    collected.push(...warnings)
    return record
  }
  return withMember(record, warnings)
}

const withMember = ([json, version]: StoredRecord, warnings: readonly RuleWarning[]): StoredRecord => [
  `${json.slice(0, -1)},"${MEMBER}":${JSON.stringify(warnings)}}`,
  version,
]

/** What is told with a record; undefined where nothing is. */
export function warningsOn([json]: StoredRecord): readonly RuleWarning[] | undefined {
  // No value of a text has quotes that are not escaped; one inside of a JSON value is told apart below.
  if (!json.includes(`"${MEMBER}":`)) return undefined
  const { [MEMBER]: told } = JSON.parse(json) as { readonly [MEMBER]?: readonly RuleWarning[] }
  return told
}

/** The record that was written. What is told with it belongs to the answer. */
export function recordWritten(json: string): RawRecord {
  const record = JSON.parse(json) as { [MEMBER]?: unknown }
  if (Object.hasOwn(record, MEMBER)) delete record[MEMBER]
  return record as RawRecord
}

/** `record` with what is told with another answer to the same write. */
export function toldAlso(record: StoredRecord, other: StoredRecord): StoredRecord {
  const told = warningsOn(other)
  return told ? withMember(record, told) : record
}

/** JSON of what hooks or middleware made of a record. What is told with it stays, whatever they did. */
export function keepingWarnings(stored: StoredRecord | undefined, shown: unknown): string {
  const told = stored && warningsOn(stored)
  return JSON.stringify(told && isPlainObject(shown) ? { ...shown, [MEMBER]: told } : shown)
}

/** Of a write that answers with a number. */
export function reportWarnings(
  { report }: Pick<WriteContext, 'report'>,
  records: readonly { readonly id: string; readonly findings: { readonly warnings: readonly RuleWarning[] } }[],
): undefined {
  if (report) for (const { id, findings } of records) report.add(id, findings.warnings)
}
