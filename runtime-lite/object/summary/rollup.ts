import type { Aggregate, Condition } from '../../query/ast.ts'
import { bindQuery } from '../../query/bind/bind-query.ts'
import { MissingPlan } from '../../query/bind/bind-scope.ts'
import type { BoundGrouping } from '../../query/bound.ts'
import { EMPTY_QUERY } from '../../query/empty-query.ts'
import { CONSTANT_SINK } from '../../query/parse/value-sink.ts'
import { parseWhere } from '../../query/parse/where.ts'
import type { Database } from '../database.ts'
import type { ListStatement } from '../id-list.ts'
import type { SummaryPlan } from '../kept-plan.ts'
import type { ObjectPlan } from '../object-plan.ts'
import { fieldsRead } from './fields-read.ts'
import { printParentIds, printRecompute, printRowLock } from './print-summary.ts'

/** What has to be done for the roll-ups of one object over the records of another, whose lookup leads there. */
export interface Rollup {
  readonly child: ObjectPlan
  /** Lookup of the child. */
  readonly through: string
  readonly parent: ObjectPlan
  /** Fields of the child that matter. */
  readonly reads: ReadonlySet<string>
  /** Fields of the parent that are worked out. */
  readonly writes: readonly string[]
  /** Ids of parents → nothing: nobody else works out their roll-ups until the transaction ends. Undefined where writers exclude each other. */
  readonly lock: ListStatement | undefined
  /** Ids of parents → nothing. */
  readonly recompute: ListStatement
  /** The same for those whose roll-ups are wrong alone. */
  readonly rebuild: ListStatement
  /** Ids of children → the ids of their parents, once each. */
  readonly parentsOf: ListStatement
  /** The same, once for each child, which are locked. Undefined where writers exclude each other. */
  readonly lockedParentsOf: ListStatement | undefined
  /** Roll-ups that what this one writes counts for. */
  readonly upward: () => readonly Rollup[]
}

type Home = Pick<Database, 'dialect' | 'limits' | 'loadedPlan'>

const rollupsByLoader = new WeakMap<Database['loadedPlan'], Map<string, readonly Rollup[]>>()

const NONE: readonly Rollup[] = []

/**
 * Roll-ups that the records of an object count for, those of further objects included, so that nothing is missing once writing began.
 * @throws MissingPlan when the plan of an object is not loaded.
 */
export function rollupsOf(plan: ObjectPlan, home: Home): readonly Rollup[] {
  if (!plan.rollups) return NONE
  const known = kept(home).get(plan.name)
  if (known) return known
  const made = plan.rollups.map(({ through, object }) => makeRollup(plan, through, loaded(object, home), home))
  kept(home).set(plan.name, made)
  try {
    for (const rollup of made) rollup.upward()
  } catch (error) {
    kept(home).delete(plan.name)
    throw error
  }
  return made
}

function kept({ loadedPlan }: Home): Map<string, readonly Rollup[]> {
  const known = rollupsByLoader.get(loadedPlan) ?? new Map<string, readonly Rollup[]>()
  rollupsByLoader.set(loadedPlan, known)
  return known
}

export function loaded(object: string, { loadedPlan }: Pick<Home, 'loadedPlan'>): ObjectPlan {
  const plan = loadedPlan(object)
  if (!plan) throw new MissingPlan(object)
  return plan
}

function makeRollup(child: ObjectPlan, through: string, parent: ObjectPlan, home: Home): Rollup {
  const { dialect, limits, loadedPlan } = home
  const summaries = Object.entries(parent.summaries ?? {}).filter(([, each]) => each.object === child.name && each.through === through)
  const aggregates = summaries.map(([field, summary]) => aggregateOf(field, summary, home))
  const reads = new Set([through])
  for (const { of, filter } of aggregates) {
    fieldsRead(child, of, reads)
    fieldsRead(child, filter, reads)
  }
  const writes = summaries.map(([field]) => field)
  // What a schema says about itself is not bounded by what clients may ask for.
  const bound = bindQuery({ ...EMPTY_QUERY, group: { by: [], aggregates } }, child, {
    operation: 'list',
    loadedPlan,
    limits: { ...limits, maxQueryCost: Number.POSITIVE_INFINITY },
    dialect,
  })
  const group = bound.group as BoundGrouping
  const summary = { child, alias: bound.alias, through, parent, aggregates: group.aggregates }
  let upward: readonly Rollup[] | undefined
  return {
    child,
    through,
    parent,
    reads,
    writes,
    lock: dialect.forUpdate === '' ? undefined : printRowLock(parent, dialect),
    recompute: printRecompute(summary, dialect),
    rebuild: printRecompute(summary, dialect, { isOnlyWrong: true }),
    parentsOf: printParentIds(child, through, dialect),
    lockedParentsOf: dialect.forUpdate === '' ? undefined : printParentIds(child, through, dialect, true),
    upward: () => {
      upward ??= rollupsOf(parent, home).filter((next) => writes.some((field) => next.reads.has(field)))
      return upward
    },
  }
}

function aggregateOf(alias: string, { function: name, field, filter }: SummaryPlan, { limits }: Home): Aggregate {
  const condition = summaryFilter(filter, limits)
  return {
    alias,
    function: name,
    ...(field === undefined ? {} : { of: { kind: 'field', path: [field] } as const }),
    ...(condition ? { filter: condition } : {}),
  }
}

/** The filter of a roll-up, whose values are the author's own. @throws ObjectQLError 400 for one that cannot be read. */
export const summaryFilter = (filter: unknown, limits: Home['limits']): Condition | undefined =>
  parseWhere(filter, { sink: CONSTANT_SINK, limits, parameter: 'filter' })
