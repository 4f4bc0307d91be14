import type { CompileOptions } from '../../compile-result.ts'
import { watchProject } from '../../watch/watch.ts'
import type { ExitCode } from '../main.ts'
import { createResultPrinter } from '../result-printer.ts'
import type { Terminal } from '../terminal.ts'
import { untilSignal } from '../until-signal.ts'
import type { CompileCommandOptions } from './compile.ts'

/** `objectql compile --watch` */
export async function runWatch(options: CompileCommandOptions, request: CompileOptions, terminal: Terminal): Promise<ExitCode> {
  const stopped = untilSignal()
  const { mode: _mode, dump: _dump, host: _host, ...watched } = request
  const print = createResultPrinter({ ...options, action: 'Compiled' }, terminal)
  const watcher = await watchProject({
    ...watched,
    onResult: print,
  })
  if (options.json !== true) terminal.err('Watching for changes. Press Ctrl-C to stop.\n')
  await stopped
  await watcher.close()
  return 0
}
