import type { Session } from '../database/session.ts'
import { readCron } from './cron.ts'
import { startInstance } from './start-instance.ts'
import { planOf, type WorkflowHost } from './workflow-host.ts'
import type { Schedule } from './workflow-plan.ts'
import type { StepRow } from './workflow-rows.ts'
import { insertStep, selectSteps, updateStep } from './workflow-store.ts'

/** Rows of schedules stand among the steps, due when the workflow is to start next. */
const idOf = (workflow: string): string => `schedule/${workflow}`

export const isSchedule = ({ type }: Pick<StepRow, 'type'>): boolean => type === 'schedule'

const nextStart = (schedule: Schedule, after: number): number | null => {
  if ('every' in schedule) return after + schedule.every
  return readCron(schedule.cron, schedule.timeZone)?.next(after) ?? null
}

/** Sees to it that each schedule has its row, due by what its workflow says now. */
export async function prepareSchedules(host: WorkflowHost): Promise<void> {
  for (const name of host.scheduled) {
    const plan = await planOf(host, name)
    if (!plan?.schedule) continue
    const { schedule } = plan
    const text = JSON.stringify(schedule)
    const known = await host.transaction(async (session) => {
      const now = host.clock.now()
      const [row] = await selectSteps(session, { filter: [['id', '=', idOf(name)]], lock: 'wait' })
      if (row && row.memo['schedule'] !== text)
        await updateStep(session, row.id, { memo: { schedule: text }, state: 'ready', due_at: nextStart(schedule, now), error: null })
      return row !== undefined
    })
    if (!known) await addSchedule(host, name, schedule, text)
  }
}

/** Another process may have added it at the same moment: then it is there, which is all that is asked for. */
async function addSchedule(host: WorkflowHost, name: string, schedule: Schedule, text: string): Promise<void> {
  const now = host.clock.now()
  const row: StepRow = {
    ...{ id: idOf(name), instance: '', workflow: name, step: '', type: 'schedule', state: 'ready', due_at: nextStart(schedule, now) },
    ...{ attempt: 0, position: 0, assignee_type: null, assignee: null, object: null, record: null, parent: null, memo: { schedule: text } },
    ...{ outcome: null, action: null, comment: null, acted_by: null, error: null, created_at: now, ended_at: null },
  }
  try {
    await host.transaction((session) => insertStep(session, row))
  } catch (error) {
    const [found] = await host.transaction((session) => selectSteps(session, { filter: [['id', '=', row.id]] }), { readOnly: true })
    if (!found) throw error
  }
}

/** Starts the workflow once, however many times were missed, and says when it is due next. */
export async function runSchedule(host: WorkflowHost, session: Session, row: StepRow): Promise<void> {
  const now = host.clock.now()
  const plan = await planOf(host, row.workflow)
  if (!plan?.schedule) {
    await updateStep(session, row.id, { due_at: null, state: 'cancelled' })
    return
  }
  await startInstance(session, { plan, now })
  await updateStep(session, row.id, { due_at: nextStart(plan.schedule, now) })
}
