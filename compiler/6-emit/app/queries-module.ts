import { code, lines, type Raw, raw, typeSym } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { PlannedCallIr } from '../../ir/query-plan.ts'
import { fileHeader } from '../file-header.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { withStatements } from '../with-statements.ts'

/** `queries.ts`: the reads of the application's own sources with their statements. */
export const queriesModule = (calls: readonly PlannedCallIr[]): string =>
  sourceText({
    header: fileHeader(),
    body: code`
/** Reads found in the application's sources, by the hash of their shape: planned already, and what \`api.lockdown\` answers. */
export const queries: ${typeSym('PlannedCalls', 'objectql/runtime')} = {
  ${lines(calls.map(callEntry))}
}
`,
  })

function callEntry({ hash, object, operation, source, plans }: PlannedCallIr): Raw {
  const value = { object, operation, source, plans: plans.map(({ shape, statements }) => ({ shape, ...statements })) }
  const key = propertyKey(hash)
  return raw(`${key}: ${withStatements(prettyLiteral(value, { used: `${key}: ,`.length, margin: 2 }), value)},`)
}
