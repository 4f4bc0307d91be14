import type { Dialect as SqlDialect } from '../../../runtime-lite/query/print/dialect.ts'
import { mysqlDialect } from '../../../runtime-lite/query/print/mysql.ts'
import { postgresDialect } from '../../../runtime-lite/query/print/postgres.ts'
import { sqliteDialect } from '../../../runtime-lite/query/print/sqlite.ts'
import { printSchema } from '../../6-emit/sql/print-schema.ts'
import type { Dialect } from '../../config/config.ts'
import { findProject, loadConfig } from '../../config/load-config.ts'
import { hasErrors } from '../../diagnostics/sort-diagnostics.ts'
import { databasePlan, type Explained, messageOf } from '../../explain/database-plan.ts'
import { explainQuery, PASS_NAMES } from '../../explain/explain-query.ts'
import { openPlanSource } from '../../explain/open-plan-source.ts'
import { memorySource, type PlanSource } from '../../explain/plan-source.ts'
import { QuestionError } from '../../explain/question.ts'
import { questionLimits } from '../../explain/question-limits.ts'
import { type Asked, readQuestion, refusing } from '../../explain/read-question.ts'
import { createNodeHost } from '../../host/node-host.ts'
import { compile } from '../../index.ts'
import type { AppIr } from '../../ir/object.ts'
import { objectPlans } from '../../queries/object-plans.ts'
import { explanationJson } from '../explanation-json.ts'
import { explanationText } from '../explanation-text.ts'
import type { ExitCode } from '../main.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import { problemText } from '../problem-text.ts'
import type { CommonOptions } from '../program.ts'
import type { Terminal } from '../terminal.ts'

export interface ExplainQueryOptions extends CommonOptions {
  readonly object?: string
  /** Names with commas between them. */
  readonly database?: string
  readonly datasource?: string
  readonly analyze?: boolean
  readonly without?: string
  readonly values?: boolean
}

const DIALECTS: Readonly<Record<Dialect, SqlDialect>> = {
  sqlite: sqliteDialect,
  postgres: postgresDialect,
  mysql: mysqlDialect('mysql'),
}

/** `objectql explain query '<query>'` */
export async function runExplainQuery(options: ExplainQueryOptions, terminal: Terminal, text: string | undefined): Promise<ExitCode> {
  const usage = usageProblem(options, text)
  if (usage !== undefined) {
    terminal.err(`error: ${usage}\n`)
    return 2
  }
  const { cwd } = terminal
  const project = findProject(createNodeHost({ cwd }), cwd, options.config)
  const { config } = await loadConfig({ host: createNodeHost({ cwd: project.root }), project })
  const compiled = await compile({
    cwd,
    ...(options.config === undefined ? {} : { config: options.config }),
    dump: 'ir',
    useRecord: false,
  })
  if (!compiled.isOk || hasErrors(compiled.diagnostics)) {
    await printDiagnostics(compiled, options, terminal)
    return 1
  }
  const app = compiled.dump as AppIr
  try {
    const source = await sourceOf(options, cwd)
    try {
      const limits = questionLimits(config.api)
      const { object } = options
      const request = { text: text ?? '', app, limits, basePath: config.api.basePath, ...(object === undefined ? {} : { object }) }
      const asked = readQuestion(request)
      const dialects = source ? [source.dialect] : databasesOf(options, config.databases).map((name) => DIALECTS[name])
      const explanations: Explained[] = []
      for (const dialect of dialects) explanations.push(await explained({ asked, app, dialect, limits, source, options }))
      terminal.out(
        options.json === true
          ? explanations.map((one) => explanationJson(one, asked, options.values === true)).join('')
          : explanationText(asked, explanations, { showValues: options.values === true, hasColor: terminal.hasColor }),
      )
      return explanations.some(({ plan }) => plan?.problem !== undefined) ? 1 : 0
    } finally {
      await source?.close()
    }
  } catch (error) {
    if (!(error instanceof QuestionError)) throw error
    if (options.json === true) terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'problem', ...error.problem })}\n`)
    else terminal.err(problemText(error.problem, terminal.hasColor))
    return 1
  }
}

const names = (text: string | undefined): readonly string[] => (text === undefined ? [] : text.split(',').map((name) => name.trim()))

function usageProblem({ database, datasource, without, analyze }: ExplainQueryOptions, text: string | undefined): string | undefined {
  if (text === undefined || text.trim() === '')
    return 'which query? For example: objectql explain query "ticket?status=open"\n(Or a JSON document, or the name of a named query such as ticket.open_of_owner.)'
  const unknown = names(database).find((name) => !Object.hasOwn(DIALECTS, name))
  if (unknown !== undefined) return `--database takes sqlite, postgres and mysql, with commas between them, not '${unknown}'`
  const pass = names(without).find((name) => !PASS_NAMES.includes(name))
  if (pass !== undefined) return `no pass is called '${pass}'\n(Passes: ${PASS_NAMES.join(', ')}.)`
  if (database !== undefined && datasource !== undefined) return '--database and --datasource both say which database: use one of them'
  return analyze === true && !/^(postgres(ql)?|mysql|mariadb):\/\//i.test(datasource ?? '')
    ? '--analyze runs the query: it needs --datasource postgres://… or mysql://…'
    : undefined
}

const databasesOf = ({ database }: ExplainQueryOptions, configured: readonly Dialect[]): readonly Dialect[] =>
  database === undefined ? configured : (names(database) as readonly Dialect[])

async function sourceOf({ datasource }: ExplainQueryOptions, cwd: string): Promise<PlanSource | undefined> {
  if (datasource === undefined) return undefined
  try {
    const source = await openPlanSource(datasource, cwd)
    if (source) return source
  } catch (error) {
    throw unreachable(messageOf(error))
  }
  throw unreachable('it is none of postgres://…, mysql://… and sqlite:file')
}

const unreachable = (problem: string): QuestionError =>
  new QuestionError({ code: 'DATASOURCE', message: `The datasource cannot be opened: ${problem.replace(/\.$/, '')}.`, text: '' })

interface Work {
  readonly asked: Asked
  readonly app: AppIr
  readonly dialect: SqlDialect
  readonly limits: ReturnType<typeof questionLimits>
  readonly source: PlanSource | undefined
  readonly options: ExplainQueryOptions
}

async function explained({ asked, app, dialect, limits, source, options }: Work): Promise<Explained> {
  const explanation = refusing(asked.text, () =>
    explainQuery({
      question: asked.question,
      loadedPlan: objectPlans(app),
      limits,
      dialect,
      without: new Set(names(options.without)),
      now: Date.now(),
    }),
  )
  if (source) return { ...explanation, plan: await databasePlan(source, explanation, options.analyze === true) }
  if (dialect.name !== 'sqlite') return explanation
  const memory = memorySource(printSchema(app, 'sqlite', 'Explained').text)
  try {
    return { ...explanation, plan: await databasePlan(memory, explanation, false) }
  } finally {
    await memory.close()
  }
}
