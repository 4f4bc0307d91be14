import { advance, close, enter, keep } from './advance.ts'
import { current, type StepRun, scopeOf } from './step-run.ts'
import type { StepPlan } from './workflow-plan.ts'
import { updateStep } from './workflow-store.ts'

type Loop = StepPlan & { readonly type: 'loop' }

/** One round after the other. What it goes over is decided when it begins. */
export async function runLoop(run: StepRun, step: Loop): Promise<void> {
  const { session, row, record } = run
  const items = Array.isArray(row.memo['items']) ? (row.memo['items'] as unknown[]) : await itemsOf(run, step)
  const round = Number(row.memo['round'] ?? 0)
  const isOver = items ? round >= items.length : !step.while?.(record, scopeOf(run))
  if (isOver) {
    await close(run, 'done', { outcome: String(round) })
    return advance(run, step.next, row.parent)
  }
  if (round >= step.most) throw new Error(`The loop went around ${step.most} times.`)
  keep(run, step.as, items ? items[round] : round)
  await updateStep(session, row.id, { state: 'waiting', due_at: null, memo: { ...(items ? { items } : {}), round: round + 1 } })
  return enter(run, step.first, row.id)
}

/** Undefined: a loop that looks before each round. */
async function itemsOf(run: StepRun, { items, query, while: goesOn, most }: Loop): Promise<unknown[] | undefined> {
  if (query) {
    const where = query.where?.(run.record, scopeOf(run)) ?? {}
    const found = await run.host.access.object(query.object).find({ where, select: ['id'], orderBy: 'id', limit: most })
    return found.map(({ id }) => id)
  }
  if (!items) return goesOn ? undefined : []
  const value = items(run.record, { ...scopeOf(run), variables: current(run).variables })
  const list = Array.isArray(value) ? value : value === null || value === undefined ? [] : [value]
  return list.slice(0, most)
}
