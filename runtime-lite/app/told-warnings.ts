import type { FilteredWriteOptions } from '../object/filtered-writes.ts'
import { createWarningReport, type WarningReport } from '../rules/warning-report.ts'
import type { ManyOptions } from './object-options.ts'

/** A write that gives a number: what rules say of its records is told once it is done. It may be tried several times. */
export async function toldWarnings(
  { warnings, ...options }: ManyOptions,
  write: (options: () => FilteredWriteOptions) => Promise<number>,
): Promise<number> {
  if (!warnings) return write(() => options)
  let report: WarningReport = createWarningReport()
  const count = await write(() => {
    report = createWarningReport()
    return { ...options, report }
  })
  if (report.total > 0) warnings(report.first, report.total)
  return count
}
