import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { useOwnModules } from '../../dev/own-modules.ts'
import { reportStart } from '../../dev/report-start.ts'
import { describeStartError } from '../../dev/start-generated.ts'
import { STATE_FOLDER } from '../../incremental/record.ts'
import type { ExitCode } from '../main.ts'
import { type CompiledOptions, openCompiled } from '../open-compiled.ts'
import { plural } from '../print-diagnostics.ts'
import type { Terminal } from '../terminal.ts'

export interface RollupOptions extends CompiledOptions {
  readonly db?: string
  /** The same. */
  readonly datasource?: string
}

interface Rebuilding {
  rebuildSummaries(object?: string): Promise<number>
  close(): Promise<void>
}

/** `objectql rollup rebuild [object]` */
export async function runRollup(options: RollupOptions, terminal: Terminal, [what, object]: readonly string[]): Promise<ExitCode> {
  if (what !== 'rebuild') {
    terminal.err(`Roll-ups can be rebuilt: objectql rollup rebuild [object].\n`)
    return 2
  }
  const text = options.db ?? options.datasource ?? (terminal.env['DATABASE_URL'] || undefined)
  const compiled = await openCompiled({
    options,
    terminal,
    database: (root) => (text === undefined ? { text: join(root, STATE_FOLDER, 'dev.db'), base: root } : { text, base: terminal.cwd }),
  })
  if (compiled === undefined) return 1
  const { entry, config, datasource, tell } = compiled
  useOwnModules()
  try {
    const { createApp } = (await import(pathToFileURL(entry).href)) as {
      createApp(options: {
        readonly datasource: string
        readonly workflows: { readonly run: false }
        readonly trash: { readonly purge: false }
      }): Promise<Rebuilding>
    }
    const app = await createApp({ datasource: datasource.url, workflows: { run: false }, trash: { purge: false } })
    try {
      const count = await app.rebuildSummaries(object)
      if (options.json === true) terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'rollup', corrected: count })}\n`)
      else terminal.err(`${count === 0 ? 'All roll-ups were right' : `The roll-ups of ${plural(count, 'record')} were corrected`}.\n`)
      return 0
    } finally {
      await app.close()
    }
  } catch (error) {
    const failure = describeStartError(error)
    const isDatabase = failure.problem === 'app' && datasource.kind === 'remote'
    await tell(
      reportStart(isDatabase ? { ...failure, problem: 'database' } : failure, { output: config.output, database: text, port: 0, host: '' }),
    )
    return 1
  }
}
