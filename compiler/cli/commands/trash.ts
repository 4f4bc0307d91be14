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

export interface TrashOptions extends CompiledOptions {
  readonly db?: string
  /** The same. */
  readonly datasource?: string
  /** `30d`, `12h`, `0`. */
  readonly olderThan?: string
}

interface Purging {
  purgeTrash(options: { readonly object?: string; readonly olderThanDays?: number }): Promise<number>
  close(): Promise<void>
}

/** `objectql trash purge [object]` */
export async function runTrash(options: TrashOptions, terminal: Terminal, [what, object]: readonly string[]): Promise<ExitCode> {
  const days = daysOf(options.olderThan)
  if (what !== 'purge' || days === null) {
    terminal.err('A trash can be purged: objectql trash purge [object] --older-than 30d. Times are like 30d, 12h or 0.\n')
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
      }): Promise<Purging>
    }
    const app = await createApp({ datasource: datasource.url, workflows: { run: false }, trash: { purge: false } })
    try {
      const count = await app.purgeTrash({
        ...(object === undefined ? {} : { object }),
        ...(days === undefined ? {} : { olderThanDays: days }),
      })
      if (options.json === true) terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'trash', purged: count })}\n`)
      else terminal.err(`${count === 0 ? 'Nothing was to be purged' : `${plural(count, 'record')} purged`}.\n`)
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

/** Days of a text; undefined for none, null for what is no time. */
function daysOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([dh]?)$/.exec(text.trim()) ?? []
  if (amount === undefined) return null
  return Number(amount) / (unit === 'h' ? 24 : 1)
}
