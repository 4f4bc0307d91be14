import type { CompileResult } from '../compile-result.ts'
import { countProblems, plural, printDiagnostics } from './print-diagnostics.ts'
import type { CommonOptions } from './program.ts'
import type { Terminal } from './terminal.ts'

export interface ResultOptions extends CommonOptions {
  readonly timing?: boolean
  /** Verb of the summary. */
  readonly action: 'Compiled' | 'Checked'
}

/** Diagnostics, then what was done in one line, which counts `all` diagnostics, shown or not. */
export async function printResult(
  result: CompileResult,
  options: ResultOptions,
  terminal: Terminal,
  all: CompileResult['diagnostics'] = result.diagnostics,
): Promise<void> {
  await printDiagnostics(result, options, terminal)
  const ms = Math.round(result.timings.reduce((sum, timing) => sum + timing.ms, 0))
  if (options.json === true) {
    terminal.out(`${JSON.stringify(summarize(result, options))}\n`)
    return
  }
  terminal.err(`${summaryLine({ ...result, diagnostics: all }, options, ms)}\n`)
  if (options.timing === true) terminal.err(timingTree(result))
}

function summarize(result: CompileResult, { timing }: ResultOptions): object {
  const { isOk, isUnchanged, objectCount, written, removed, unchangedCount, timings, root, output } = result
  const times = timing === true ? { timings: timings.map(({ phase, ms }) => ({ phase, ms: Math.round(ms * 100) / 100 })) } : {}
  return { schemaVersion: 1, kind: 'summary', isOk, isUnchanged, objectCount, written, removed, unchangedCount, root, output, ...times }
}

function summaryLine(result: CompileResult, { action }: ResultOptions, ms: number): string {
  const problems = countProblems(result.diagnostics)
  const tail = problems === undefined ? '' : `, ${problems}`
  if (!result.isOk) return `${action === 'Checked' ? 'Checked' : 'Nothing was written'}: ${problems ?? 'failed'}.`
  const lead = `${action} ${plural(result.objectCount, 'object')} in ${formatTime(ms)}`
  return action === 'Checked' ? `${lead}${tail}.` : `${lead}: ${fileCounts(result)}${tail}.`
}

function fileCounts({ written, removed, unchangedCount }: CompileResult): string {
  if (written.length + removed.length === 0) return `nothing to write, ${plural(unchangedCount, 'file')} unchanged`
  const counts = [`${plural(written.length, 'file')} written`, `${unchangedCount} unchanged`]
  return [...counts, ...(removed.length === 0 ? [] : [`${removed.length} removed`])].join(', ')
}

const formatTime = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(2)} s`)

function timingTree({ timings }: CompileResult): string {
  const total = timings.reduce((sum, { ms }) => sum + ms, 0)
  const line = (name: string, ms: number): string =>
    `  ${name.padEnd(9)} ${ms.toFixed(1).padStart(8)} ms  ${total === 0 ? '' : `${Math.round((100 * ms) / total)} %`.padStart(5)}\n`
  return timings.map(({ phase, ms }) => line(phase, ms)).join('') + line('total', total)
}
