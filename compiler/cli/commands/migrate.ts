import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { migrateDatabase } from '../../dev/migrate-database.ts'
import { useOwnModules } from '../../dev/own-modules.ts'
import { reportRefusals, reportStart } from '../../dev/report-start.ts'
import { describeStartError } from '../../dev/start-generated.ts'
import { STATE_FOLDER } from '../../incremental/record.ts'
import type { ExitCode } from '../main.ts'
import { type CompiledOptions, openCompiled } from '../open-compiled.ts'
import { plural } from '../print-diagnostics.ts'
import type { Terminal } from '../terminal.ts'

export interface MigrateOptions extends CompiledOptions {
  readonly db?: string
  /** The same. */
  readonly datasource?: string
  readonly allowDrop?: readonly string[]
  readonly dryRun?: boolean
}

/** `objectql migrate` */
export async function runMigrate(options: MigrateOptions, terminal: Terminal): Promise<ExitCode> {
  const text = options.db ?? options.datasource ?? (terminal.env['DATABASE_URL'] || undefined)
  const compiled = await openCompiled({
    options,
    terminal,
    database: (root) => (text === undefined ? { text: join(root, STATE_FOLDER, 'dev.db'), base: root } : { text, base: terminal.cwd }),
  })
  if (compiled === undefined) return 1
  const { entry, config, datasource, tell } = compiled
  const place = { output: config.output, database: text, port: 0, host: '' }
  useOwnModules()
  try {
    const isDryRun = options.dryRun === true
    // Looking must not leave an empty database behind.
    const url = isDryRun && datasource.kind === 'file' && !existsSync(datasource.path) ? ':memory:' : datasource.url
    const { applied, refused } = await migrateDatabase({ entry, datasource: url, allowDrop: options.allowDrop ?? [], isDryRun })
    await tell(reportRefusals(refused, place))
    if (options.json === true) terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'migration', isDryRun, statements: applied })}\n`)
    else {
      for (const statement of applied) terminal.out(`${statement.replace(/;?\s*$/, ';')}\n`)
      terminal.err(`${applied.length === 0 ? 'Nothing to do' : `${plural(applied.length, 'statement')}${isDryRun ? ' would run' : ''}`}.\n`)
    }
    return refused.some(({ isBlocking }) => isBlocking) ? 1 : 0
  } catch (error) {
    const failure = describeStartError(error)
    const isDatabase = failure.problem === 'app' && datasource.kind === 'remote'
    await tell(reportStart(isDatabase ? { ...failure, problem: 'database' } : failure, place))
    return 1
  }
}
