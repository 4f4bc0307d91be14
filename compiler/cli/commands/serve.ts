import { useOwnModules } from '../../dev/own-modules.ts'
import { reportRefusals, reportStart } from '../../dev/report-start.ts'
import { startGenerated } from '../../dev/start-generated.ts'
import type { ExitCode } from '../main.ts'
import { type CompiledOptions, openCompiled } from '../open-compiled.ts'
import { printUrls } from '../print-urls.ts'
import type { Terminal } from '../terminal.ts'
import { untilSignal } from '../until-signal.ts'

export interface ServeOptions extends CompiledOptions {
  readonly port: number
  readonly host: string
  readonly db?: string
  /** The same. */
  readonly datasource?: string
  readonly seed?: boolean
}

/** `objectql serve` */
export async function runServe(options: ServeOptions, terminal: Terminal): Promise<ExitCode> {
  const stopped = untilSignal()
  const text = options.db ?? options.datasource ?? (terminal.env['DATABASE_URL'] || 'sqlite:./app.db')
  const compiled = await openCompiled({ options, terminal, database: () => ({ text, base: terminal.cwd }) })
  if (compiled === undefined) return 1
  const { entry, config, datasource, tell } = compiled
  const place = { output: config.output, database: text, port: options.port, host: options.host }
  useOwnModules()
  const started = await startGenerated({ ...place, entry, datasource: datasource.url, seed: options.seed === true })
  if (!started.ok) {
    await tell(reportStart(started.failure, place))
    return 1
  }
  await tell(reportRefusals(started.refused, place))
  printUrls({ url: started.app.url, basePath: config.api.basePath, hasDocs: config.api.docs }, options, terminal)
  await stopped
  await started.app.close()
  return 0
}
