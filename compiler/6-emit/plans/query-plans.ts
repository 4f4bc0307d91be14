import { type Code, code, lines, type Raw, raw } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import type { NamedQueryIr, ObjectIr } from '../../ir/object.ts'
import type { QueryParamIr, QueryPlanIr } from '../../ir/query-plan.ts'
import type { Json } from '../../source/json.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { withStatements } from '../with-statements.ts'

/** `queries` of a plan; nothing for an object without any. `json` is the text of its constant of that name. */
export function queryPlans({ queries }: ObjectIr, json: string): readonly Code[] {
  const planned = queries.flatMap(({ plan, ...query }) => (plan === undefined ? [] : [queryPlan(query, plan, json)]))
  if (planned.length === 0) return []
  return [
    code`
queries: {
  ${lines(planned)}
},
`,
  ]
}

function queryPlan({ name, document }: Omit<NamedQueryIr, 'plan'>, { params, statements }: QueryPlanIr, json: string): Code {
  return code`
${raw(propertyKey(name))}: {
  ${entry('params', Object.fromEntries(params.map(paramEntry)))}
  ${entry('document', document)}
  ${lines(Object.entries(statements).map(([database, statement]) => statementEntry(database, statement, json)))}
},
`
}

const paramEntry = ({ name, description: _, ...param }: QueryParamIr): [string, object] => [name, param]

/** Indentation of what stands in one query. */
const MARGIN = 6

const entry = (key: string, value: unknown): Raw => raw(`${key}: ${prettyLiteral(value, { used: `${key}: ,`.length, margin: MARGIN })},`)

/** The record's JSON is taken from the constant where it stands in the SQL. */
const statementEntry = (database: string, statement: Json, json: string): Raw =>
  raw(withStatements(entry(database, statement).text, statement, json))
