import { writeFileSync } from 'node:fs'
import { compileProject } from '../../compile-project.ts'
import type { CompileResult, PhaseName } from '../../compile-result.ts'
import { applyFixes } from '../../diagnostics/apply-fixes.ts'
import { fromProjectPath } from '../../host/project-path.ts'
import type { ExitCode } from '../main.ts'
import { plural } from '../print-diagnostics.ts'
import { printResult } from '../print-result.ts'
import type { CommonOptions } from '../program.ts'
import { shortRun } from '../short-run.ts'
import type { Terminal } from '../terminal.ts'
import { compileRequest } from './compile.ts'

export interface CheckOptions extends CommonOptions {
  readonly fix?: boolean
}

/** A fix may uncover the next problem; one that undoes another must not keep us here for ever. */
const MOST_ROUNDS = 10

/** `objectql check` */
export async function runCheck(options: CheckOptions, terminal: Terminal): Promise<ExitCode> {
  const onPhase = (phase: PhaseName): void => void (phase === 'load' && shortRun.settle())
  const check = (): Promise<CompileResult> => compileProject({ ...compileRequest(options, terminal), mode: 'analyse', onPhase })
  let result = await check()
  if (options.fix === true) {
    const changedPaths = new Set<string>()
    let fixCount = 0
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const { textByPath, applied } = applyFixes(firstFixes(result), result.textOf)
      if (applied.length === 0) break
      for (const [path, text] of textByPath) {
        writeFileSync(fromProjectPath(result.root, path), text)
        changedPaths.add(path)
      }
      fixCount += applied.length
      result = await check()
    }
    if (options.json === true)
      terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'fixes', count: fixCount, paths: [...changedPaths].sort() })}\n`)
    else if (fixCount > 0)
      terminal.err(`Applied ${plural(fixCount, 'fix').replace(/fixs$/, 'fixes')} in ${plural(changedPaths.size, 'file')}.\n`)
  }
  await printResult(result, { ...options, action: 'Checked' }, terminal)
  return result.isOk ? 0 : 1
}

/** Further fixes of a diagnostic are alternatives. */
const firstFixes = ({ diagnostics }: CompileResult) => diagnostics.flatMap(({ fixes }) => fixes.slice(0, 1))
