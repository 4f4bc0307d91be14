import { beyondLimits } from '../database/call-limit.ts'
import type { Maybe, Session } from '../database/session.ts'
import { type PlannedCall, plansAhead } from '../query/ahead/plans-ahead.ts'
import type { Query } from '../query/ast.ts'
import type { BindLimits, LoadedPlan, ReadLimits } from '../query/bind/bind-scope.ts'
import { namePlaces } from '../query/named/name-places.ts'
import { type NamedQuery, plannedFor } from '../query/named/named-query.ts'
import { readTemplate } from '../query/named/read-template.ts'
import { withoutParameters } from '../query/named/without-parameters.ts'
import { parseQueryDocument } from '../query/parse/query-document.ts'
import { type PlannedQuery, plannedQuery, readPlannedQuery } from '../query/planned-query.ts'
import type { Operation, RunnablePlan } from '../query/planner.ts'
import { QueryPlanCompiler } from '../query/planner.ts'
import { createShapeCache } from '../query/shape-cache.ts'
import { type CursorSecret, createCursorSecret } from './cursor-secret.ts'
import type { ObjectPlan } from './object-plan.ts'

/** What queries need of an application's database. */
export interface QueryDatabase {
  readonly session: Session
  readonly limits: ReadLimits
  readonly loadedPlan: LoadedPlan
  /** Signs cursors. Default: one that is made once and kept in the database. */
  readonly cursorSecret?: string | undefined
  /** Reads that were planned while compiling, by the hash of their shape. */
  readonly planned?: Readonly<Record<string, PlannedCall>> | undefined
}

/** Of the plans that are kept by the shape of a query, since the start. */
export interface PlanStatistics {
  readonly entries: number
  /** Queries whose plan was there, or was made while compiling. */
  readonly hits: number
  /** Queries that had to be planned, also those that were refused. */
  readonly misses: number
}

/** The plans of one application's queries, made once per shape. */
export interface QueryPlans {
  readonly secret: CursorSecret
  /** Reads or makes the secret, outside of transactions where that is possible. */
  loadSecret(current: Session): Maybe<undefined>
  readonly compiler: QueryPlanCompiler
  /** How many plans are kept. */
  readonly count: number
  statistics(): PlanStatistics
  /** The plan under a key, when it was made and is still kept. */
  known(key: string): RunnablePlan | undefined
  /**
   * Makes the plan of a query, unless that was done while compiling, and keeps it.
   * @throws ObjectQLError 400
   * @throws MissingPlan
   */
  make(key: string, operation: Operation, plan: ObjectPlan, query: Query): RunnablePlan
  /**
   * The plan of a query of the schema: a constant where it was compiled for this database, else made once. `absent`: slots of optional
   * parameters that are not given. There is a plan for each set of them.
   * @throws MissingPlan
   */
  named(plan: ObjectPlan, query: NamedQuery, absent?: ReadonlySet<number>): RunnablePlan
  /** What a document with parameters takes, worked out once. @throws ObjectQLError 400 @throws MissingPlan */
  template(plan: ObjectPlan, document: Readonly<Record<string, unknown>>): NamedQuery
  /** A plan that was made ahead for this database. */
  planned(query: PlannedQuery): RunnablePlan
}

/** How many plans are kept. */
const MAX_PLANS = 1_000

/**
 * Characters of SQL and keys kept in one application. SQLite needs about twelve bytes for one of them, so this bounds what
 * clients with ever new query shapes can make the process hold to about 100 MB; usual applications stay below a tenth of it.
 */
const MAX_CHARACTERS = 8_000_000

interface Kept {
  readonly plan: RunnablePlan
  readonly weight: number
}

const plansByLoader = new WeakMap<LoadedPlan, QueryPlans>()

/** Transactions have a database with another session, but share what was planned. */
export function queryPlansOf(database: QueryDatabase): QueryPlans {
  const known = plansByLoader.get(database.loadedPlan)
  if (known) return known
  const made = createQueryPlans(database)
  plansByLoader.set(database.loadedPlan, made)
  return made
}

function createQueryPlans({ session, limits, loadedPlan, cursorSecret, planned: calls = {} }: QueryDatabase): QueryPlans {
  const secret = createCursorSecret(cursorSecret)
  const ahead = plansAhead(calls, session.dialect, secret.sign)
  const compiler = new QueryPlanCompiler({ dialect: session.dialect, limits, loadedPlan, sign: secret.sign })
  const queryByTemplate = new WeakMap<Readonly<Record<string, unknown>>, NamedQuery>()
  const plannedByQuery = new WeakMap<NamedQuery | PlannedQuery, RunnablePlan>()
  const kept = createShapeCache<Kept>(MAX_CHARACTERS, ({ weight }) => weight, MAX_PLANS)
  let hits = 0
  let misses = 0

  /** Kept with the shapes of other queries: twenty optional parameters are a million sets. */
  function partOf(plan: ObjectPlan, query: NamedQuery, absent: ReadonlySet<number>): RunnablePlan {
    const key = `${plan.name}\0named:${[...absent].join()}:${JSON.stringify(query.document)}`
    const known = kept.get(key)?.plan
    if (known) {
      hits++
      return known
    }
    misses++
    const made = readPlannedQuery(planNamed(compiler, limits, plan, query, absent), session.dialect, secret.sign)
    kept.set(key, { plan: made, weight: made.main.sql.length + key.length })
    return made
  }

  return {
    secret,
    // An embedded database takes one writer, who may be the transaction; elsewhere a refused statement would end it.
    // Whatever becomes of the call that needed it first, others need it, too.
    loadSecret: (current) => (current.dialect.name === 'sqlite' ? secret.load(current) : beyondLimits(() => secret.load(session))),
    compiler,
    get count() {
      return kept.count
    },
    known(key) {
      const plan = kept.get(key)?.plan
      if (plan) hits++
      return plan
    },
    statistics: () => ({ entries: kept.count, hits, misses }),
    make(key, operation, plan, query) {
      const known = ahead?.(plan.name, operation, query)
      if (known) {
        hits++
        kept.set(key, { plan: known, weight: known.main.sql.length + key.length })
        return known
      }
      misses++
      const made = compiler.compile(operation, plan, query)
      kept.set(key, { plan: made, weight: made.weight + key.length })
      return made
    },
    named(plan, query, absent = NONE) {
      if (absent.size > 0) return partOf(plan, query, absent)
      const known = plannedByQuery.get(query)
      if (known) return known
      const constant = plannedFor(query, session.dialect) ?? planNamed(compiler, limits, plan, query)
      const made = readPlannedQuery(constant, session.dialect, secret.sign)
      plannedByQuery.set(query, made)
      return made
    },
    template(plan, document) {
      const known = queryByTemplate.get(document)
      if (known) return known
      const made = readTemplate(document, plan, { dialect: session.dialect, limits, loadedPlan })
      queryByTemplate.set(document, made)
      return made
    },
    planned(query) {
      const made = plannedByQuery.get(query) ?? readPlannedQuery(query, session.dialect, secret.sign)
      plannedByQuery.set(query, made)
      return made
    },
  }
}

function planNamed(
  compiler: QueryPlanCompiler,
  limits: BindLimits,
  plan: ObjectPlan,
  { params, document }: NamedQuery,
  absent: ReadonlySet<number> = NONE,
): PlannedQuery {
  const parameters = Object.keys(params)
  const { query } = parseQueryDocument(document, { limits, object: plan.name, parameters })
  return namePlaces(plannedQuery(compiler.compile('list', plan, withoutParameters(query, absent))), parameters)
}

const NONE: ReadonlySet<number> = new Set()
