import { relative } from 'node:path'
import type { ResolvedConfig } from '../config/config.ts'
import { findProject, loadConfig } from '../config/load-config.ts'
import { type Datasource, parseDatasource, shownUrl } from '../dev/datasource.ts'
import { findEntry } from '../dev/start-generated.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { hasErrors } from '../diagnostics/sort-diagnostics.ts'
import { createNodeHost } from '../host/node-host.ts'
import { fromProjectPath } from '../host/project-path.ts'
import { Span } from '../source/span.ts'
import { printDiagnostics } from './print-diagnostics.ts'
import type { CommonOptions } from './program.ts'
import type { Terminal } from './terminal.ts'

export interface CompiledOptions extends CommonOptions {
  readonly out?: string
}

/** A compiled application and the database to run it on. */
export interface Compiled {
  /** Absolute path of its `index` module. */
  readonly entry: string
  readonly config: ResolvedConfig
  readonly datasource: Datasource
  readonly tell: (diagnostics: readonly Diagnostic[]) => Promise<void>
}

export interface OpenRequest {
  readonly options: CompiledOptions
  readonly terminal: Terminal
  /** Database as text, and the folder a path in it is relative to; `root` is the project's. */
  readonly database: (root: string) => { readonly text: string; readonly base: string }
}

/** What `serve` and `migrate` work on. Undefined when there is none: why has been printed. */
export async function openCompiled({ options, terminal, database }: OpenRequest): Promise<Compiled | undefined> {
  const { cwd } = terminal
  const project = findProject(createNodeHost({ cwd }), cwd, options.config)
  const host = createNodeHost({ cwd: project.root })
  const textOf = (path: string): string | undefined => host.readText(fromProjectPath(project.root, path))
  const tell = (diagnostics: readonly Diagnostic[]): Promise<void> =>
    printDiagnostics({ diagnostics, root: project.root, textOf }, options, terminal)
  const given = options.out === undefined ? {} : { output: fromProjectPath(cwd, options.out) }
  const { output, config, diagnostics } = await loadConfig({ host, project, ...given })
  if (hasErrors(diagnostics, { strict: options.strict === true })) {
    await tell(diagnostics)
    return undefined
  }
  const entry = findEntry(output)
  if (entry === undefined) {
    await tell([diagnose('serve/not-compiled', Span.file(config.output), { path: relative(cwd, output) || '.' })])
    return undefined
  }
  const { text, base } = database(project.root)
  const datasource = parseDatasource(text, base)
  if (datasource === undefined) {
    await tell([unknownDatabase(text)])
    return undefined
  }
  return { entry, config, datasource, tell }
}

export const unknownDatabase = (url: string): Diagnostic =>
  diagnose('serve/database-failed', Span.file('.'), {
    url: shownUrl(url),
    problem: 'it is none of sqlite:./app.db, :memory:, postgres://… and mysql://…',
  })
