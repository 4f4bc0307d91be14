import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DIAGNOSTIC_CODES, findCode } from '../../diagnostics/catalog.ts'
import { closestNames } from '../../diagnostics/suggest.ts'
import { packageRoot } from '../../package-identity.ts'
import type { ExitCode } from '../main.ts'
import type { Terminal } from '../terminal.ts'
import type { ExplainQueryOptions } from './explain-query.ts'

/** `objectql explain [code]`, `objectql explain query <query>`, `objectql explain pipeline <object.operation>` */
export async function runExplain(options: ExplainQueryOptions, terminal: Terminal, words: readonly string[]): Promise<ExitCode> {
  const [code, query] = words
  // The planner and drivers are for queries only.
  if (code === 'query') return (await import('./explain-query.ts')).runExplainQuery(options, terminal, query)
  if (code === 'pipeline') return (await import('./explain-pipeline.ts')).runExplainPipeline(options, terminal, query)
  const { json } = options
  const wrong = query ?? OF_QUERIES.find((name) => options[name] !== undefined)
  if (wrong !== undefined) {
    terminal.err(`error: '${query ?? `--${wrong}`}' goes with 'explain query' only\n`)
    return 2
  }
  if (code === undefined) {
    terminal.out(json === true ? listAsJson() : listForPeople())
    return 0
  }
  const entry = findCode(code)
  if (entry === undefined) {
    const [first] = closestNames(code, DIAGNOSTIC_CODES)
    terminal.err(`error: no diagnostic has the code '${code}'${first === undefined ? '' : `\n(Did you mean ${first}?)`}\n`)
    return 2
  }
  const page = readFileSync(join(packageRoot, 'compiler', 'diagnostics', 'docs', `${code}.md`), 'utf8')
  terminal.out(json === true ? `${JSON.stringify({ schemaVersion: 1, code, ...entry, page })}\n` : page)
  return 0
}

const OF_QUERIES = ['object', 'database', 'datasource', 'analyze', 'without', 'values'] as const

const listAsJson = (): string =>
  DIAGNOSTIC_CODES.map((code) => `${JSON.stringify({ schemaVersion: 1, code, ...findCode(code) })}\n`).join('')

function listForPeople(): string {
  const width = Math.max(...DIAGNOSTIC_CODES.map((code) => code.length))
  return DIAGNOSTIC_CODES.map((code) => `${code.padEnd(width)}  ${findCode(code)?.severity.padEnd(7)}  ${findCode(code)?.message}\n`).join(
    '',
  )
}
