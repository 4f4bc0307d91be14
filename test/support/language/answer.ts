import type { ColumnKind, ObjectPlan, SqlValue } from '../../../runtime-lite/object/object-plan.ts'
import type { Query, SlotValue } from '../../../runtime-lite/query/ast.ts'
import { guardsHold, type PlannerOptions, QueryPlanCompiler, type RunnablePlan } from '../../../runtime-lite/query/planner.ts'
import { bindAll } from '../../../runtime-lite/query/print/mark.ts'
import { printInsert, storedFieldsOf } from '../../../runtime-lite/query/print/print-write.ts'
import type { CompiledWorld, Engine } from './engines.ts'
import type { Answer } from './interpret.ts'
import type { Row, World } from './world.ts'

export const NOW = Date.parse('2024-06-01T00:00:00.000Z')

/** Stores the records of a world with the statements that writes use. */
export async function fill(engine: Engine, { plans }: CompiledWorld, world: World): Promise<void> {
  for (const [name, rows] of world.rows) {
    const plan = plans.get(name)!
    const statement = printInsert(plan, engine.dialect)
    for (const row of rows) {
      const values = storedFieldsOf(plan).map((field): SqlValue => stored(row[field], plan.fields[field]!.kind))
      await engine.run(statement, [...values, 1])
    }
  }
}

function stored(value: unknown, kind: ColumnKind): SqlValue {
  if (value === null || value === undefined) return null
  if (kind === 'json' || kind === 'list') return JSON.stringify(value)
  return typeof value === 'boolean' ? Number(value) : (value as string | number)
}

export function plannerOf(engine: Engine, { plans }: CompiledWorld, options: Partial<PlannerOptions> = {}): QueryPlanCompiler {
  const limits = { maxExpandDepth: 5, maxFilterDepth: 64, maxPageSize: 1000, defaultPageSize: 50, maxQueryCost: 1_000_000_000 }
  return new QueryPlanCompiler({ dialect: engine.dialect, limits, loadedPlan: (name) => plans.get(name), ...options })
}

/** What the planned statements say. `sql` of the main statement is given to `seen`. */
export async function answer(
  engine: Engine,
  planner: { compile(operation: 'list', plan: ObjectPlan, query: Query): RunnablePlan },
  { plans }: CompiledWorld,
  objectName: string,
  query: Query,
  values: readonly SlotValue[],
  seen?: (plan: RunnablePlan) => void,
): Promise<Answer> {
  const plan = planner.compile('list', plans.get(objectName)!, query)
  seen?.(plan)
  const context = { now: NOW }
  if (plan.isEmpty || !guardsHold(plan, values, context)) return query.total === 'none' ? { items: [] } : { items: [], total: 0 }
  const rows = await engine.run(plan.main, bindAll(plan.main.parameters, values, context))
  if (plan.result === 'page') return JSON.parse(Buffer.from(rows[0]![0] as Uint8Array).toString('utf8')) as Answer
  const items = rows.map(([json]) => JSON.parse(String(json)) as Row)
  if (!plan.total) return { items }
  const [count] = await engine.run(plan.total, bindAll(plan.total.parameters, values, context))
  return { items, total: Number(count![0]) }
}
