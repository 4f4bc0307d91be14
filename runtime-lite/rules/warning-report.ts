import type { RecordWarning, RuleWarning } from '../problem/rule-warning.ts'

/** Takes what rules say about the records of a write, as they are looked at. */
export interface WarningReport {
  /** The first of them: at most 100. */
  readonly first: readonly RecordWarning[]
  /** How many there were. */
  readonly total: number
  add(id: string, warnings: readonly RuleWarning[]): void
}

/** Of what rules say about records, so much is told. */
export const MAX_REPORTED = 100

export function createWarningReport(): WarningReport {
  const first: RecordWarning[] = []
  let total = 0
  return {
    first,
    get total() {
      return total
    },
    add(id, warnings) {
      total += warnings.length
      for (const warning of warnings) if (first.length < MAX_REPORTED) first.push({ ...warning, id })
    },
  }
}
