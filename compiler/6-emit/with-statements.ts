import { literal } from '../code/literal.ts'
import type { Json } from '../source/json.ts'

/**
 * The printed plan with its statements between backticks, where SQL reads like SQL: it is full of apostrophes. `constant`: text that stands in
 * the statement under the name `json`.
 */
export const withStatements = (printed: string, plan: Json, constant?: string): string =>
  sqlTexts(plan).reduce((text, sql) => text.replace(literal(sql), () => statementText(sql, constant)), printed)

function sqlTexts(value: Json): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => (key === 'sql' && typeof inner === 'string' ? [inner] : sqlTexts(inner as Json)))
}

function statementText(sql: string, constant: string | undefined): string {
  const pieces = constant === undefined ? [sql] : sql.split(constant)
  return `\`${pieces.map(escaped).join('${json}')}\``
}

const escaped = (sql: string): string =>
  sql.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
