import type { Session } from '../database/session.ts'
import { ObjectQLError } from '../problem/problem.ts'
import type { WorkflowInstance } from '../types/workflow.ts'
import { noInstance, shownInstance } from './lists.ts'
import { mayDo, maySee } from './may.ts'
import { lockInstance } from './step-run.ts'
import type { Asker, WorkflowHost } from './workflow-host.ts'
import type { WorkflowRight } from './workflow-plan.ts'
import type { InstanceRow, StepRow } from './workflow-rows.ts'
import type { Filter } from './workflow-statements.ts'
import { selectSteps, updateInstance, updateStep, updateSteps } from './workflow-store.ts'

/** A failed instance goes on where it failed. @throws ObjectQLError 403, 404, 409 (it has not failed). */
export function tryAgain(host: WorkflowHost, id: string, asker: Asker): Promise<WorkflowInstance> {
  return host.transaction(async (session) => {
    const instance = await lockFor(host, session, { id, asker, right: 'retry' })
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
    const changes = { state: 'running', error: null, ended_at: null } as const
    await updateInstance(session, id, changes)
    return shownInstance({ ...instance, ...changes })
  })
}

const calledOff = (instance: string, { ended_at }: StepRow): Filter => [
  ['instance', '=', instance],
  ['state', '=', 'cancelled'],
  ['ended_at', '=', ended_at ?? 0],
]

/** Ends an instance: what is open will not happen. What was done stays done. @throws ObjectQLError 403, 404, 409 (it has ended). */
export function cancel(host: WorkflowHost, id: string, asker: Asker): Promise<WorkflowInstance> {
  return host.transaction(async (session) => {
    const instance = await lockFor(host, session, { id, asker, right: 'cancel' })
    if (instance.ended_at !== null && instance.state !== 'failed')
      throw new ObjectQLError(409, 'CONFLICT', `The instance is ${instance.state}.`)
    const now = host.clock.now()
    const open: Filter = [
      ['instance', '=', id],
      ['state', 'in', ['ready', 'waiting']],
    ]
    await updateSteps(session, open, { state: 'cancelled', due_at: null, ended_at: now })
    const changes = { state: 'cancelled', ended_at: now } as const
    await updateInstance(session, id, changes)
    return shownInstance({ ...instance, ...changes })
  })
}

interface Wanted {
  readonly id: string
  readonly asker: Asker
  readonly right: WorkflowRight
}

/** The instance, locked, for who started it and for roles with the right. */
async function lockFor(host: WorkflowHost, session: Session, { id, asker, right }: Wanted): Promise<InstanceRow> {
  const instance = await lockInstance(session, id)
  if (!instance) throw noInstance(id)
  const isStarter = asker.id !== undefined && instance.started_by === asker.id
  if (isStarter || (await mayDo(host, instance.workflow, right, asker))) return instance
  if (!(await maySee(host, session, id, asker))) throw noInstance(id)
  throw new ObjectQLError(403, 'FORBIDDEN', `You may not ${right} instances of "${instance.workflow}".`)
}
