import { relative } from 'node:path'
import { findProject, loadConfig } from '../../config/load-config.ts'
import { parseDatasource } from '../../dev/datasource.ts'
import { useOwnModules } from '../../dev/own-modules.ts'
import { reportStart } from '../../dev/report-start.ts'
import { findEntry, startGenerated } from '../../dev/start-generated.ts'
import { diagnose } from '../../diagnostics/diagnose.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { hasErrors } from '../../diagnostics/sort-diagnostics.ts'
import { createNodeHost } from '../../host/node-host.ts'
import { fromProjectPath } from '../../host/project-path.ts'
import { Span } from '../../source/span.ts'
import type { ExitCode } from '../main.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import { printUrls } from '../print-urls.ts'
import type { CommonOptions } from '../program.ts'
import type { Terminal } from '../terminal.ts'
import { untilSignal } from '../until-signal.ts'

export interface ServeOptions extends CommonOptions {
  readonly port: number
  readonly host: string
  readonly db: string
  readonly out?: string
  readonly seed?: boolean
}

/** `objectql serve` */
export async function runServe(options: ServeOptions, terminal: Terminal): Promise<ExitCode> {
  const { cwd } = terminal
  const project = findProject(createNodeHost({ cwd }), cwd, options.config)
  const host = createNodeHost({ cwd: project.root })
  const given = options.out === undefined ? {} : { output: fromProjectPath(cwd, options.out) }
  const { output, config, diagnostics } = await loadConfig({ host, project, ...given })
  const fail = async (problems: readonly Diagnostic[]): Promise<ExitCode> => {
    const textOf = (path: string): string | undefined => host.readText(fromProjectPath(project.root, path))
    await printDiagnostics({ diagnostics: problems, root: project.root, textOf }, options, terminal)
    return 1
  }
  if (hasErrors(diagnostics, { strict: options.strict === true })) return fail(diagnostics)
  const entry = findEntry(output)
  if (entry === undefined) return fail([diagnose('serve/not-compiled', Span.file(config.output), { path: relative(cwd, output) })])
  const datasource = parseDatasource(options.db, cwd)
  if (datasource === undefined) {
    const problem = 'only SQLite is served yet, such as sqlite:./app.db'
    return fail([diagnose('serve/database-failed', Span.file(config.output), { url: options.db, problem })])
  }
  useOwnModules()
  const started = await startGenerated({ ...options, entry, datasource: datasource.url, seed: options.seed === true })
  if (!started.ok) return fail([reportStart(started.failure, { ...options, output: config.output, database: options.db })])
  printUrls({ url: started.app.url, basePath: config.api.basePath, hasDocs: config.api.docs }, options, terminal)
  await untilSignal()
  await started.app.close()
  return 0
}
