import { resolve } from 'node:path'
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { VERSION } from '../version.ts'
import type { ExitCode } from './main.ts'
import type { Terminal } from './terminal.ts'

/** Options every command knows. */
export interface CommonOptions {
  readonly config?: string
  readonly cwd?: string
  readonly json?: boolean
  readonly strict?: boolean
  readonly all?: boolean
}

/** What a command gets: the terminal with `cwd` already applied, and its own options with the common ones. */
type Run<Options> = (options: Options & CommonOptions, terminal: Terminal, words: readonly string[]) => Promise<ExitCode>

/** Parses a command line and runs its command. */
export async function runProgram(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = 0
  const program = createProgram(terminal, async (run) => {
    code = await run()
  })
  try {
    if (words.length === 0) {
      terminal.err(program.helpInformation())
      return 2
    }
    await program.parseAsync([...words], { from: 'user' })
    return code
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? 0 : 2
  }
}

function createProgram(terminal: Terminal, start: (run: () => Promise<ExitCode>) => Promise<void>): Command {
  const program = new Command('objectql')
    .description('Compiles business object metadata ahead of time into plain TypeScript.')
    .version(VERSION, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--config <path>', 'configuration file (default: the nearest objectql.config.*, looking upward)')
    .option('--cwd <folder>', 'run as if started in this folder')
    .option('--json', 'print one JSON object per line on stdout')
    .option('--strict', 'treat warnings as errors')
    .option('--all', 'show every diagnostic instead of the first 20')
    .option('--no-color', 'print without colours')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getErrHasColors: () => terminal.hasColor,
      getOutHasColors: () => terminal.hasColor,
    })
    .addHelpText('after', '\nExit codes: 0 fine, 1 problems found, 2 wrong usage.')

  /** The module of a command is loaded when it runs: `compile` must not pay for `init`. */
  const command = <Options>(name: string, description: string, load: () => Promise<Run<Options>>): Command =>
    program
      .command(name)
      .description(description)
      .action(async (...parameters: unknown[]) => {
        const self = parameters.at(-1) as Command
        const options = self.optsWithGlobals<Options & CommonOptions>()
        const placed = options.cwd === undefined ? terminal : { ...terminal, cwd: resolve(terminal.cwd, options.cwd) }
        await start(async () => (await load())(options, placed, self.args))
      })

  command('compile', 'compile the schemas and write what changed', async () => (await import('./commands/compile.ts')).runCompile)
    .option('--out <folder>', 'output folder (default: the configured one)')
    .addOption(new Option('--check', 'write nothing; fail when the output is stale').conflicts(['watch', 'dump']))
    .addOption(new Option('--watch', 'compile again whenever an input changes').conflicts('dump'))
    .option('--force', 'overwrite files that were not written by objectql')
    .option('--timing', 'print the time each phase took')
    .addOption(
      new Option('--dump <phase>', 'print the result of a phase as JSON and write nothing').choices(['syntax', 'model', 'ir', 'plan']),
    )

  command('check', 'find problems and write no output', async () => (await import('./commands/check.ts')).runCheck).option(
    '--fix',
    'apply the fixes that are mechanical',
  )

  command('dev', 'compile, serve and watch: a saved schema is live at once', async () => (await import('./commands/dev.ts')).runDev)
    .option('--port <number>', 'port to listen on', parsePort, 3000)
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .option('--db <url>', 'database, such as sqlite:./app.db or postgres://… (default: sqlite:.objectql/dev.db)')
    .addOption(new Option('--datasource <url>', 'the same as --db').conflicts('db'))
    .option('--out <folder>', 'output folder (default: the configured one)')
    .option('--reset', 'start with an empty database and the seeds of the schemas')

  command('serve', 'serve the compiled application', async () => (await import('./commands/serve.ts')).runServe)
    .option('--port <number>', 'port to listen on', parsePort, 3000)
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .option('--db <url>', 'database: sqlite:./app.db, :memory:, postgres://…, mysql://… (default: DATABASE_URL, or sqlite:./app.db)')
    .addOption(new Option('--datasource <url>', 'the same as --db').conflicts('db'))
    .option('--seed', 'write the seed records of the schemas first')
    .option('--out <folder>', 'output folder (default: the configured one)')

  command(
    'migrate',
    'bring a database to what the compiled application needs',
    async () => (await import('./commands/migrate.ts')).runMigrate,
  )
    .option('--db <url>', 'database (default: DATABASE_URL, or the one of `objectql dev`)')
    .addOption(new Option('--datasource <url>', 'the same as --db').conflicts('db'))
    .option('--allow-drop <names...>', 'tables, or columns as table.column, that may go with all they hold')
    .option('--dry-run', 'print the statements and change nothing')
    .option('--out <folder>', 'output folder (default: the configured one)')

  command('rollup', 'work out roll-ups again', async () => (await import('./commands/rollup.ts')).runRollup)
    .argument('<what>', "the word 'rebuild'")
    .argument('[object]', 'whose roll-ups (default: those of all objects)')
    .option('--db <url>', 'database (default: DATABASE_URL, or the one of `objectql dev`)')
    .addOption(new Option('--datasource <url>', 'the same as --db').conflicts('db'))
    .option('--out <folder>', 'output folder (default: the configured one)')

  command('trash', 'delete for good what has been in the trash for long enough', async () => (await import('./commands/trash.ts')).runTrash)
    .argument('<what>', "the word 'purge'")
    .argument('[object]', 'whose trash (default: that of all objects)')
    .option('--older-than <time>', 'deleted so long ago: 30d, 12h, 0 (default: what the schema says, `retentionDays`)')
    .option('--db <url>', 'database (default: DATABASE_URL, or the one of `objectql dev`)')
    .addOption(new Option('--datasource <url>', 'the same as --db').conflicts('db'))
    .option('--out <folder>', 'output folder (default: the configured one)')

  command('init', 'make a new application in an empty folder', async () => (await import('./commands/init.ts')).runInit)
    .argument('[folder]', 'where (default: here)')
    .option('--name <name>', 'name of the application')
    .addOption(new Option('--template <kind>', 'language of the first schemas').choices(['yaml', 'typescript']))
    .option('--yes', 'ask nothing, take the defaults')
    .option('--force', 'write into a folder that is not empty')

  command('create', 'make a new plugin in a folder of its own', async () => (await import('./commands/create.ts')).runCreate)
    .argument('<what>', "the word 'plugin'")
    .argument('[name]', 'name of its package, such as audit or @acme/audit')
    .addOption(new Option('--template <kind>', 'what it begins with').choices(['basic', 'protocol', 'feature']))
    .option('--description <sentence>', 'what it does')
    .option('--folder <path>', 'where (default: a new folder of its name)')
    .option('--yes', 'ask nothing, take the defaults')

  command('plugin', 'check a plugin alone, as its author has it', async () => (await import('./commands/plugin.ts')).runPlugin)
    .argument('<what>', "the word 'validate'")
    .argument('[path]', 'a file, or the folder of a plugin or its package (default: here)')
    .addOption(new Option('--format <format>', 'how (default: text; json with --json)').choices(['text', 'json', 'github']))

  command('graph', 'show plugins, what they need, and where their hooks run', async () => (await import('./commands/graph.ts')).runGraph)
    .addOption(new Option('--format <format>', 'how (default: text; json with --json)').choices(['text', 'json', 'mermaid', 'html']))
    .option('--out <file>', 'write to a file instead of stdout')

  command(
    'explain',
    'explain a diagnostic code or a query, or list all codes',
    async () => (await import('./commands/explain.ts')).runExplain,
  )
    .argument('[code]', "such as link/unknown-object, or the word 'query' or 'pipeline'")
    .argument('[query]', "of 'explain query': a URL, a JSON document, or the name of a named query; of 'explain pipeline': account.update")
    .option('--object <name>', 'of a query: the object that a JSON document asks')
    .option('--database <names>', 'of a query: sqlite, postgres, mysql, with commas (default: those of the configuration)')
    .option('--datasource <url>', 'of a query: database to ask for its plan, such as postgres://… or sqlite:./app.db')
    .option('--analyze', 'of a query: run it on the datasource, and measure')
    .option('--without <passes>', 'of a query: passes of the planner to leave out, with commas')
    .option('--values', 'of a query: show the values of parameters')

  return program
}

function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be a number from 0 to 65535.')
  return port
}
