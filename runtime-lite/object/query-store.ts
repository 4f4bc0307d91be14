import { type Maybe, whenReady } from '../database/session.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import type { Query, SlotValue } from '../query/ast.ts'
import type { NamedQuery } from '../query/named/named-query.ts'
import { readParameters } from '../query/named/read-parameters.ts'
import { withoutParameters } from '../query/named/without-parameters.ts'
import { parseQueryDocument } from '../query/parse/query-document.ts'
import { decodeLiteral, hasNeedlessEscape, scanUrl, withoutNeedlessEscapes } from '../query/parse/scan-url.ts'
import { type ParsedUrl, parseUrlQuery } from '../query/parse/url-query.ts'
import type { Operation, RunnablePlan } from '../query/planner.ts'
import { shapeHash } from '../query/shape-hash.ts'
import { nearestName } from '../validate/nearest-name.ts'
import type { ObjectPlan } from './object-plan.ts'
import { type QueryDatabase, queryPlansOf } from './query-plans.ts'
import { type Row, runQuery } from './run-query.ts'

export type { Operation } from '../query/planner.ts'
export type { Row } from './run-query.ts'

/**
 * Runs queries on one object: each shape is planned once. An embedded database answers at once, so what was read is used in the same turn;
 * others give promises. All calls throw MissingPlan when a related object has to be loaded first (nothing was done yet: load it and ask again)
 * and ObjectQLError 400 for what the query gets wrong.
 */
export interface QueryStore {
  /** The query string of `url` from `start` on. */
  fromUrl(operation: Operation, url: string, start: number, id?: string): Maybe<Row>
  fromQuery(operation: Operation, query: Query, values: readonly SlotValue[], id?: string): Maybe<Row>
  /**
   * A query of the schema. `isText`: the values of its parameters come from a URL.
   * @throws ObjectQLError 404 when there is none of that name.
   */
  fromName(name: string, given: Readonly<Record<string, unknown>>, isText?: boolean): Maybe<Row>
  /** A query with parameters that code made: `app.queries`. The same document is planned once. */
  fromTemplate(document: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>): Maybe<Row>
  /** The same for clients: with `api.lockdown` it throws ObjectQLError 403 for a query that is not on the list. */
  readonly ofClients: Pick<QueryStore, 'fromUrl' | 'fromQuery'>
  /** With `api.lockdown`. @throws ObjectQLError 403 for a query that is not on the list. */
  readonly checkAllowed?: (operation: Operation, query: Query) => void
  /** A query of the schema, or one with parameters, as it is asked with some values. @throws ObjectQLError 404 */
  queryOf(asked: string | Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>, isText?: boolean): AskedQuery
  /** A plan that was made before, on this database, with the values of its slots. */
  fromPlan(made: RunnablePlan, values: readonly SlotValue[], id?: string): Maybe<Row>
}

export interface AskedQuery {
  readonly query: Query
  readonly values: readonly SlotValue[]
}

export function createQueryStore(plan: ObjectPlan, database: QueryDatabase): QueryStore {
  const { limits, session } = database
  const queryPlans = queryPlansOf(database)
  const { secret } = queryPlans
  const prefixes: Readonly<Record<Operation, string>> = {
    list: `${plan.name}\0list?`,
    get: `${plan.name}\0get?`,
    count: `${plan.name}\0count?`,
  }

  function run(made: RunnablePlan, values: readonly SlotValue[], id?: string): Maybe<Row> {
    if (!made.cursor || secret.isLoaded) return runQuery(made, session, values, id)
    return whenReady(queryPlans.loadSecret(session), () => runQuery(made, session, values, id))
  }

  /** Structure as key, for queries that do not come as the text of a URL. Values are not part of it. */
  function fromQuery(operation: Operation, query: Query, values: readonly SlotValue[], id: string | undefined): Maybe<Row> {
    const key = `${plan.name}\0${operation}:${JSON.stringify(query)}`
    return run(queryPlans.known(key) ?? queryPlans.make(key, operation, plan, query), values, id)
  }

  const { onlyQueries } = limits
  const checkAllowed = (operation: Operation, query: Query): void =>
    allow(`${plan.name}\0${operation}:${JSON.stringify(query)}`, operation, query)
  const fromAllowedQuery: QueryStore['fromQuery'] = (operation, query, values, id) => {
    checkAllowed(operation, query)
    return fromQuery(operation, query, values, id)
  }

  /** @throws ObjectQLError 403 for a query that is not on the list. */
  function allow(key: string, operation: Operation, query: Query): void {
    if (allowedKeys.has(key)) return
    const hash = shapeHash(plan.name, operation, query)
    if (!onlyQueries?.has(hash)) throw notAllowed(plan.name, hash)
    // Lists in a query make new keys, which are forgotten rather than kept for ever.
    if (allowedKeys.size >= MAX_ALLOWED) allowedKeys.clear()
    allowedKeys.add(key)
  }
  const allowedKeys = new Set<string>()

  function fromUrl(operation: Operation, url: string, start: number, id: string | undefined): Maybe<Row> {
    const scanned = scanUrl(url, start)
    const key = prefixes[operation] + scanned.key
    const known = queryPlans.known(key)
    if (known) return run(known, decoded(scanned.literals), id)
    if (hasNeedlessEscape(scanned.key)) return fromUrl(operation, withoutNeedlessEscapes(url.slice(start)), 0, id)
    return fromParsed(operation, key, scanned.literals, parseUrlQuery(scanned, limits), id)
  }

  function fromParsed(
    operation: Operation,
    key: string,
    literals: readonly string[],
    parsed: ParsedUrl,
    id: string | undefined,
  ): Maybe<Row> {
    const { query, extraValues, isShapeOnly } = parsed
    const values = decoded(literals)
    if (!isShapeOnly) return fromQuery(operation, query, [...values, ...extraValues], id)
    return run(queryPlans.make(key, operation, plan, query), values, id)
  }

  function namedQuery(name: string): NamedQuery {
    const { queries = {} } = plan
    const query = Object.hasOwn(queries, name) ? queries[name] : undefined
    if (!query) throw unknownQuery(plan.name, name, Object.keys(queries))
    return query
  }

  function queryOf(
    asked: string | Readonly<Record<string, unknown>>,
    given: Readonly<Record<string, unknown>>,
    isText = false,
  ): AskedQuery {
    const { params, document } = typeof asked === 'string' ? namedQuery(asked) : queryPlans.template(plan, asked)
    const { query } = parseQueryDocument(document, { limits, object: plan.name, parameters: Object.keys(params) })
    const { values, absent } = complete(readParameters(params, given, { isText }))
    return { query: withoutParameters(query, absent), values }
  }

  function fromName(name: string, given: Readonly<Record<string, unknown>>, isText = false): Maybe<Row> {
    return runNamed(namedQuery(name), given, isText)
  }

  function fromTemplate(document: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>): Maybe<Row> {
    return runNamed(queryPlans.template(plan, document), given)
  }

  function runNamed(query: NamedQuery, given: Readonly<Record<string, unknown>>, isText = false): Maybe<Row> {
    const { values, absent } = complete(readParameters(query.params, given, { isText }))
    return run(queryPlans.named(plan, query, absent), values)
  }

  /** A shape is looked at once; documents in a URL hold their values, so that these are parsed to be compared. */
  const fromAllowedUrl: QueryStore['fromUrl'] = (operation, url, start, id) => {
    const scanned = scanUrl(url, start)
    const key = prefixes[operation] + scanned.key
    const known = allowedKeys.has(key) ? queryPlans.known(key) : undefined
    if (known) return run(known, decoded(scanned.literals), id)
    if (hasNeedlessEscape(scanned.key)) return fromAllowedUrl(operation, withoutNeedlessEscapes(url.slice(start)), 0, id)
    const parsed = parseUrlQuery(scanned, limits)
    const { query, extraValues, isShapeOnly } = parsed
    if (!isShapeOnly) return fromAllowedQuery(operation, query, [...decoded(scanned.literals), ...extraValues], id)
    allow(key, operation, query)
    return fromParsed(operation, key, scanned.literals, parsed, id)
  }
  const ofClients = onlyQueries ? { fromUrl: fromAllowedUrl, fromQuery: fromAllowedQuery } : { fromUrl, fromQuery }

  return { ofClients, ...(onlyQueries ? { checkAllowed } : {}), queryOf, fromUrl, fromQuery, fromName, fromTemplate, fromPlan: run }
}

const MAX_ALLOWED = 1_000

/** Which slots have no value; nothing that is left of the query reads the empty text that they hold, but for a cursor. */
function complete(values: readonly (SlotValue | undefined)[]): {
  readonly values: readonly SlotValue[]
  readonly absent: ReadonlySet<number>
} {
  if (!values.includes(undefined)) return { values: values as readonly SlotValue[], absent: NONE }
  return {
    values: values.map((value) => value ?? ''),
    absent: new Set(values.flatMap((value, index) => (value === undefined ? [index] : []))),
  }
}

const NONE: ReadonlySet<number> = new Set()

function notAllowed(objectName: string, hash: string): ObjectQLError {
  const message = `This server answers the queries that its application makes. The hash of this one on "${objectName}" is ${hash}: add it to api.allowedQueries to have it answered.`
  return new ObjectQLError(403, 'QUERY_NOT_ALLOWED', message, [{ parameter: 'query', code: 'query_not_allowed', message: hash }])
}

function unknownQuery(objectName: string, name: string, names: readonly string[]) {
  const guess = nearestName(name, names)
  return notFound(`"${objectName}" has no query "${name.slice(0, 64)}".${guess ? ` Did you mean "${guess}"?` : ''}`)
}

/** The query string of `url` from `start` on, as a query. @throws ObjectQLError 400 */
export function readUrl(
  url: string,
  start: number,
  limits: QueryDatabase['limits'],
): { readonly query: Query; readonly values: readonly SlotValue[] } {
  const scanned = scanUrl(url, start)
  if (hasNeedlessEscape(scanned.key)) return readUrl(withoutNeedlessEscapes(url.slice(start)), 0, limits)
  const { query, extraValues } = parseUrlQuery(scanned, limits)
  return { query, values: [...decoded(scanned.literals), ...extraValues] }
}

/** Literals of a URL are decoded only where they need it. */
const decoded = (literals: readonly string[]): readonly string[] => {
  for (const literal of literals)
    if (literal.includes('%') || literal.includes('+')) return literals.map((item) => decodeLiteral(item, 'query'))
  return literals
}
