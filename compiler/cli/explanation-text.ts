import { styleText } from 'node:util'
import type { Explained } from '../explain/database-plan.ts'
import type { StatementExplanation } from '../explain/explain-query.ts'
import type { Asked } from '../explain/read-question.ts'

export interface ExplanationOptions {
  readonly showValues: boolean
  readonly hasColor: boolean
}

type Format = Parameters<typeof styleText>[0]
type Paint = (format: Format, text: string) => string

const DATABASES = { sqlite: 'SQLite', postgres: 'PostgreSQL', mysql: 'MySQL' } as const
const PURPOSES = { main: '', total: ', total', first: ', first page' } as const

/** For people: what the query means once, then each database. */
export function explanationText({ text }: Asked, explanations: readonly Explained[], options: ExplanationOptions): string {
  const [first] = explanations
  if (!first) return ''
  const paint: Paint = options.hasColor ? (format, word) => styleText(format, word, { validateStream: false }) : (_format, word) => word
  const title = (word: string): string => `${paint('bold', word)}\n`
  const { points, limit } = first.cost
  const head = [
    `${text.text}\n`,
    `${first.operation} of ${first.object}, ${points} of ${limit} points, shape ${first.hash}\n`,
    `${title('Understood')}${indented(first.understood)}`,
    ...first.passes.map(
      ({ name, description, changes }) =>
        `${paint('bold', name)}  ${description}\n${indented(changes.map(({ sign, text }) => paint(sign === '-' ? 'red' : 'green', `${sign} ${text}`)))}`,
    ),
    ...(first.guards.length === 0 ? [] : [`${title('Asks the database only if')}${indented(first.guards)}`]),
    ...(first.isEmpty ? ['Nothing ever matches: the database is not asked.\n'] : []),
    ...(first.notes.length === 0 ? [] : [`${title('Notes')}${indented(first.notes)}`]),
  ]
  return [...head, ...explanations.map((one) => databaseText(one, options, title))].join('\n')
}

function databaseText({ database, statements, plan }: Explained, options: ExplanationOptions, title: (word: string) => string): string {
  const parts = statements.map(
    (one, index) =>
      `${title(`${DATABASES[database]}${PURPOSES[one.purpose]}`)}${indented([one.statement.sql])}${parametersText(one, options)}${
        plan?.steps[index] ? `${title(`Plan of ${plan.database}`)}${indented(plan.steps[index])}` : ''
      }`,
  )
  if (plan?.problem !== undefined) parts.push(`${title(`No plan of ${plan.database}`)}${indented([plan.problem])}`)
  return parts.join('\n')
}

function parametersText({ parameters }: StatementExplanation, { showValues }: ExplanationOptions): string {
  if (parameters.length === 0) return ''
  const width = Math.max(...parameters.map(({ kind }) => kind.length))
  const lines = parameters.map(({ kind, source, value }, index) => {
    const shown = typeof value === 'bigint' ? String(value) : JSON.stringify(value)
    return `${String(index + 1).padStart(String(parameters.length).length)}  ${kind.padEnd(width)}  ${source}${showValues ? `  = ${shown}` : ''}`
  })
  return indented(lines)
}

const indented = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join('')
