import { HookContext } from '../behaviour/hook-context.ts'
import { hookError } from '../behaviour/hook-error.ts'
import type { RawRecord } from '../object/object-plan.ts'
import { lockedRecord, missingRecord, writeContext } from '../object/write-context.ts'
import { notFound, ObjectQLError } from '../problem/problem.ts'
import type { MachinePlan } from '../workflow/machine-plan.ts'
import { type SentEvent, sending, stateOf, transitionFor } from '../workflow/stateful.ts'
import type { AppCore } from './start-app.ts'

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
    const machines = plan.behaviour?.machines ?? []
    const listening = machines.filter(({ states }) => Object.values(states).some(({ on }) => on && Object.hasOwn(on, event)))
    if (listening.length === 0) throw notFound(`${plan.label} knows no event "${event.slice(0, 64)}".`)
    const scope = core.transactions?.current()
    if (!scope) throw new Error('Events are sent in a transaction.')
    const stored = await lockedRecord(writeContext(plan, scope.database), id)
    if (!stored) throw missingRecord(plan, id)
    const { host } = await core.behaviours()
    for (const machine of listening) {
      const context = new HookContext(host, 'beforeUpdate', { object, operation: 'update', id, previous: JSON.parse(stored[0]), data: {} })
      const found = await transitionFor(machine, event, context, payload)
      if (!found) continue
      try {
        return await taken(core, { object, id, event, payload }, { machine, context, ...found })
      } catch (error) {
        throw hookError(error)
      }
    }
    const state = listening.map(({ field }) => stateOf(JSON.parse(stored[0]), field)).join(', ')
    throw new ObjectQLError(409, 'CONFLICT', `"${event.slice(0, 64)}" does nothing in the state "${state}".`)
  })
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
