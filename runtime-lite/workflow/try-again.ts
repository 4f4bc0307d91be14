import { notFound, ObjectQLError } from '../problem/problem.ts'
import { lockInstance } from './step-run.ts'
import type { WorkflowHost } from './workflow-host.ts'
import type { StepRow } from './workflow-rows.ts'
import type { Filter } from './workflow-statements.ts'
import { selectSteps, updateInstance, updateStep, updateSteps } from './workflow-store.ts'

/** A failed instance goes on where it failed. */
export function tryAgain(host: WorkflowHost, id: string): Promise<void> {
  return host.transaction(async (session) => {
    const instance = await lockInstance(session, id)
    if (!instance) throw notFound(`There is no workflow instance "${id.slice(0, 64)}".`)
    if (instance.state !== 'failed') throw new ObjectQLError(409, 'CONFLICT', `The instance is ${instance.state}.`)
    const [last] = await selectSteps(session, {
      filter: [
        ['instance', '=', id],
        ['state', '=', 'failed'],
      ],
      orderBy: ['-position'],
      limit: 1,
    })
    if (!last) throw new ObjectQLError(409, 'CONFLICT', 'No step of the instance has failed.')
    // What was called off with it is there again.
    await updateSteps(session, [...calledOff(id, last), ['type', 'in', ['parallel', 'loop']]], { state: 'waiting', ended_at: null })
    await updateSteps(session, calledOff(id, last), { state: 'ready', due_at: host.clock.now(), ended_at: null })
    await updateStep(session, last.id, { state: 'ready', due_at: host.clock.now(), attempt: 0, error: null, ended_at: null })
    await updateInstance(session, id, { state: 'running', error: null, ended_at: null })
  })
}

const calledOff = (instance: string, { ended_at }: StepRow): Filter => [
  ['instance', '=', instance],
  ['state', '=', 'cancelled'],
  ['ended_at', '=', ended_at ?? 0],
]
