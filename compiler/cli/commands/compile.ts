import { compileProject } from '../../compile-project.ts'
import type { CompileOptions, DumpPhase, PhaseName } from '../../compile-result.ts'
import type { ExitCode } from '../main.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import { printResult } from '../print-result.ts'
import type { CommonOptions } from '../program.ts'
import { createProgress } from '../progress.ts'
import { shortRun } from '../short-run.ts'
import type { Terminal } from '../terminal.ts'

export interface CompileCommandOptions extends CommonOptions {
  readonly out?: string
  readonly check?: boolean
  readonly watch?: boolean
  readonly force?: boolean
  readonly timing?: boolean
  readonly dump?: DumpPhase
}

/** `objectql compile` */
export async function runCompile(options: CompileCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const request = compileRequest(options, terminal)
  if (options.watch === true) {
    const { runWatch } = await import('./watch.ts')
    return runWatch(options, request, terminal)
  }
  const progress = createProgress(terminal)
  const onPhase = (phase: PhaseName): void => {
    if (phase === 'load') shortRun.settle()
    progress.onPhase(phase)
  }
  const result = await compileProject({ ...request, onPhase })
  progress.end()
  if (options.dump === undefined) {
    await printResult(result, { ...options, action: options.check === true ? 'Checked' : 'Compiled' }, terminal)
  } else {
    await printDiagnostics(result, { ...options, json: false }, terminal)
    if (result.dump !== undefined) terminal.out(`${JSON.stringify(result.dump, null, options.json === true ? 0 : 2)}\n`)
  }
  return result.isOk ? 0 : 1
}

export function compileRequest(options: CompileCommandOptions, terminal: Terminal): CompileOptions {
  return {
    cwd: terminal.cwd,
    mode: options.check === true ? 'compare' : 'write',
    ...(options.config === undefined ? {} : { config: options.config }),
    ...(options.out === undefined ? {} : { output: options.out }),
    ...(options.strict === undefined ? {} : { strict: options.strict }),
    ...(options.force === undefined ? {} : { force: options.force }),
    ...(options.dump === undefined ? {} : { dump: options.dump }),
  }
}
