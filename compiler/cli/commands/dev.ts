import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CompileResult } from '../../compile-result.ts'
import { findProject } from '../../config/load-config.ts'
import { type Datasource, parseDatasource } from '../../dev/datasource.ts'
import { type DevEvent, type DevServer, startDevServer } from '../../dev/dev-server.ts'
import { isNewDatabase } from '../../dev/is-new-database.ts'
import { reportKept, reportRefusals, reportStart } from '../../dev/report-start.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import { createNodeHost } from '../../host/node-host.ts'
import { toProjectPath } from '../../host/project-path.ts'
import { createStateFolder } from '../../incremental/record.ts'
import { watchProject } from '../../watch/watch.ts'
import type { ExitCode } from '../main.ts'
import { unknownDatabase } from '../open-compiled.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import { printUrls } from '../print-urls.ts'
import type { CommonOptions } from '../program.ts'
import { createResultPrinter } from '../result-printer.ts'
import type { Terminal } from '../terminal.ts'
import { untilSignal } from '../until-signal.ts'
import { compileRequest } from './compile.ts'

export interface DevOptions extends CommonOptions {
  readonly port: number
  readonly host: string
  readonly db?: string
  /** The same. */
  readonly datasource?: string
  readonly out?: string
  readonly reset?: boolean
}

/** `objectql dev` */
export async function runDev(options: DevOptions, terminal: Terminal): Promise<ExitCode> {
  const { cwd } = terminal
  const { root } = findProject(createNodeHost({ cwd }), cwd, options.config)
  const tell = (diagnostics: readonly Diagnostic[]): Promise<void> =>
    printDiagnostics({ diagnostics, root, textOf: () => undefined }, options, terminal)
  const given = options.db ?? options.datasource
  const datasource = given === undefined ? defaultDatasource(root) : parseDatasource(given, cwd)
  if (datasource === undefined) {
    await tell([unknownDatabase(given ?? '')])
    return 1
  }
  if (datasource.kind === 'remote' && options.reset === true) {
    terminal.err('--reset deletes files of SQLite only. Empty a database on a server by its own means.\n')
    return 2
  }
  const database = openPlace(datasource)
  if (options.reset === true) database.remove()
  const stopped = untilSignal()

  let latest: CompileResult | undefined
  let server: DevServer
  let isAdmitted: boolean | undefined
  /** Said once, and again when it has changed. */
  const devUserNote = (): string => {
    const { user = false } = latest?.config?.dev ?? {}
    const isNews = user !== (isAdmitted ?? false)
    isAdmitted = user
    return isNews ? (user ? DEV_USER_ADMITTED : DEV_USER_REFUSED) : ''
  }
  const onEvent = async (event: DevEvent): Promise<void> => {
    const place = {
      output: latest === undefined ? '.' : toProjectPath(root, latest.output),
      database: given,
      port: options.port,
      host: options.host,
    }
    if (event.kind === 'live') {
      await tell(reportRefusals(event.notes.refused, place))
      const why = event.why === undefined ? '' : ` in another process: ${event.why}`
      terminal.err(`Live after ${Math.round(event.ms)} ms${why}.\n${danglingNote(event.notes.dangling)}${devUserNote()}`)
    } else if (event.kind === 'restarted')
      terminal.err(`Live after ${Math.round(event.ms)} ms in the same process.${restartedNote(event.plugins)}\n`)
    else if (event.kind === 'kept') await tell(reportKept(event, place))
    else if (event.kind === 'crashed') terminal.err('The application crashed.\n')
    else {
      await tell(reportStart(event.failure, place))
      if (event.isServing) terminal.err('The last good application keeps serving.\n')
    }
  }
  try {
    server = await startDevServer({
      port: options.port,
      host: options.host,
      datasource: database.url,
      isNewDatabase: await database.isNew(),
      onEvent,
    })
  } catch (error) {
    const problem = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'port' : 'app'
    await tell(
      reportStart(
        { problem, message: (error as Error).message, refused: [] },
        { port: options.port, host: options.host, output: '.', database: given },
      ),
    )
    return 1
  }
  const url = `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${server.port}`
  const print = createResultPrinter({ ...options, action: 'Compiled' }, terminal)
  const watcher = await watchProject({
    ...watchRequest(options, terminal),
    async onResult(result) {
      latest = result
      await print(result)
      await server.update(result)
    },
  })
  printUrls({ url, basePath: '/api', hasDocs: true }, options, terminal)
  await stopped
  await watcher.close()
  await server.close()
  database.forget()
  return 0
}

function watchRequest(options: DevOptions, terminal: Terminal) {
  const { mode: _mode, dump: _dump, host: _host, ...request } = compileRequest(options, terminal)
  return request
}

const defaultDatasource = (root: string): Datasource | undefined => parseDatasource(join(createStateFolder(root), 'dev.db'), root)

interface DatabasePlace {
  readonly url: string
  isNew(): boolean | Promise<boolean>
  remove(): void
  /** Removes what was made for this session only. */
  forget(): void
}

/** A database in memory would end with each generation of the application: it is kept in a file that goes with the session. */
function openPlace(datasource: Datasource): DatabasePlace {
  if (datasource.kind === 'remote')
    return { url: datasource.url, isNew: () => isNewDatabase(datasource.url), remove: () => undefined, forget: () => undefined }
  const folder = datasource.kind === 'memory' ? mkdtempSync(join(tmpdir(), 'objectql-dev-')) : undefined
  const path = datasource.kind === 'file' ? datasource.path : join(folder ?? '', 'dev.db')
  return {
    url: `sqlite:${path}`,
    isNew: () => !existsSync(path),
    remove() {
      for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
    },
    forget() {
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}

const DEV_USER_ADMITTED =
  'Requests of this machine may say who sends them (here only, never in `objectql serve`): X-Dev-User: {"id":"ada"}\n'
const DEV_USER_REFUSED = 'X-Dev-User counts no more.\n'

/** Plugins of hooks, actions and middleware alone have nothing to restart. */
const restartedNote = (plugins: readonly string[]): string => (plugins.length === 0 ? '' : ` Restarted: ${plugins.join(', ')}.`)

const danglingNote = (dangling: readonly string[]): string =>
  dangling.length === 0
    ? ''
    : `Seeds refer to records that do not exist: ${dangling.slice(0, 5).join(', ')}${dangling.length > 5 ? ', …' : ''}.\n`
