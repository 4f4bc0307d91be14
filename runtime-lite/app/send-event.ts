import { HookContext, type HookInput } from '../behaviour/hook-context.ts'
import { hookError } from '../behaviour/hook-error.ts'
import { prepareBeyond } from '../behaviour/related-to.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { lockedRecord, missingRecord, writeContext } from '../object/write-context.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import { type ChartEvent, foreseen, sendingToChart, statesOf } from '../workflow/chart/charted.ts'
import { onEvent } from '../workflow/chart/run-chart.ts'
import type { MachinePlan } from '../workflow/machine-plan.ts'
import { type SentEvent, sending, stateOf, transitionFor } from '../workflow/stateful.ts'
import type { ChartTime } from '../workflow/workflow-host.ts'
import type { AppCore } from './app-core.ts'
import { withPlans } from './with-plans.ts'

export interface EventRequest {
  readonly object: string
  readonly id: string
  readonly event: string
  readonly payload: RawRecord
}

/**
 * Sends an event to the state machines of a record, in one transaction, and gives the record as it is then.
 * @throws ObjectQLError 404 (record, event), 409 (it means nothing in this state, or its conditions do not hold).
 */
export function sendEvent(core: AppCore, { object, id, event, payload }: EventRequest): Promise<RawRecord> {
  return core.runTransaction(async () => {
    const { plan } = await core.store(object)
    const { machines = [], charts = [] } = plan.behaviour ?? {}
    const knows = ({ on }: { readonly on?: object }): boolean => on !== undefined && Object.hasOwn(on, event)
    const listening = machines.filter(({ states }) => Object.values(states).some(knows))
    const listeningCharts = charts.filter(({ states }) => states.some(knows))
    if (listening.length + listeningCharts.length === 0) throw notFound(`${plan.label} knows no event "${event.slice(0, 64)}".`)
    const previous = await storedRecord(core, object, id)
    if (!previous) throw missingRecord(plan, id)
    for (const machine of listening) {
      const context = await contextOf(core, object, id, previous)
      const found = await transitionFor(machine, event, context, payload)
      if (!found) continue
      try {
        return await taken(core, { object, id, event, payload }, { machine, context, ...found })
      } catch (error) {
        throw hookError(error)
      }
    }
    for (const chart of listeningCharts) {
      const sent: ChartEvent = { plan: chart, id, event, matcher: onEvent(event), payload, isSeen: false, isTaken: false }
      const record = await takenByChart(core, { object, id }, sent, await contextOf(core, object, id, previous))
      if (record) return record
    }
    const states = [...listening.map(({ field }) => stateOf(previous, field)), ...listeningCharts.map((chart) => statesOf(chart, previous))]
    throw new ObjectQLError(409, 'CONFLICT', `"${event.slice(0, 64)}" does nothing in the state "${states.join(', ')}".`)
  })
}

/** What guards look at, in the transaction of the caller. */
async function contextOf(core: AppCore, object: string, id: string, previous: RawRecord): Promise<HookContext> {
  const [{ host }, { plan }] = [await core.behaviours(), await core.store(object)]
  const database = core.transactions?.current()?.database
  if (database) await withPlans(core.plans, () => prepareBeyond(plan.behaviour ?? {}, { database }))
  const input: HookInput = { object, operation: 'update', id, previous, data: {} }
  return new HookContext(host, 'beforeUpdate', input, { session: database?.session, database })
}

/** The record under a lock, in the transaction of the caller. */
async function storedRecord(core: AppCore, object: string, id: string): Promise<RawRecord | undefined> {
  const scope = core.transactions?.current()
  if (!scope) throw new Error('Events are sent in a transaction.')
  const { plan } = await core.store(object)
  const stored = await lockedRecord(writeContext(plan, scope.database), id)
  return stored && (JSON.parse(stored[0]) as RawRecord)
}

/** Tells a machine that a time is over. Nothing where record, machine or time are not there any more. In the transaction of the caller. */
export async function timeIsOver(core: AppCore, { object, record: id, machine, path, position }: ChartTime): Promise<void> {
  if (!core.slotByName.has(object)) return
  const { plan } = await core.store(object)
  const chart = plan.behaviour?.charts?.find(({ name }) => name === machine)
  const time = chart?.states.find((state) => state.path === path)?.after?.[position]
  const previous = time && (await storedRecord(core, object, id))
  if (!chart || !previous) return
  const sent: ChartEvent = {
    ...{ plan: chart, id, event: `after.${time.delay}.${path}`, payload: {}, isSeen: false, isTaken: false },
    matcher: ({ state }) => (state.path === path ? time.transitions : undefined),
  }
  await takenByChart(core, { object, id }, sent, await contextOf(core, object, id, previous))
}

/** The change is written with what the fields will hold: hooks and rules see it, and the machine makes it. Undefined: it does nothing. */
async function takenByChart(
  core: AppCore,
  { object, id }: { readonly object: string; readonly id: string },
  sent: ChartEvent,
  context: HookContext,
): Promise<RawRecord | undefined> {
  const { host } = await core.behaviours()
  try {
    const fields = await foreseen(sent, context)
    if (!fields) return undefined
    const record = await sendingToChart.run(sent, () => host.access.object(object).update(id, fields))
    if (sent.isTaken) return record
  } catch (error) {
    throw hookError(error)
  }
  throw new ObjectQLError(409, 'CONFLICT', `"${sent.event.slice(0, 64)}" does nothing any more with what hooks changed.`)
}

interface Found {
  readonly machine: MachinePlan
  readonly context: HookContext
  readonly step: { readonly to?: string }
  readonly run: () => unknown
}

/** Actions of a change of the state run with the write; others by themselves, and what they change is written. */
async function taken(
  core: AppCore,
  { object, id, event, payload }: EventRequest,
  { machine, context, step, run }: Found,
): Promise<RawRecord> {
  const { host } = await core.behaviours()
  const access = host.access.object(object)
  if (step.to !== undefined && step.to !== stateOf(context.previous, machine.field)) {
    const sent: SentEvent = { machine, event, payload, isTaken: false }
    return sending.run(sent, () => access.update(id, { [machine.field]: step.to }))
  }
  await run()
  return access.update(id, context.data)
}
