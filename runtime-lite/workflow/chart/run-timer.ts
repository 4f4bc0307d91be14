import type { Session } from '../../database/session.ts'
import { messageOf, retryPause } from '../retries.ts'
import type { WorkflowHost } from '../workflow-host.ts'
import type { StepRow } from '../workflow-rows.ts'
import { removeSteps, selectSteps, updateStep } from '../workflow-store.ts'

/** A time is over: its row goes with the change it causes. */
export async function runTimer(host: WorkflowHost, session: Session, row: StepRow): Promise<'ran'> {
  const { object, record, workflow, step, position } = row
  await removeSteps(session, [['id', '=', row.id]])
  await host.timeIsOver({ object: object ?? '', record: record ?? '', machine: workflow, path: step, position })
  return 'ran'
}

/** What a machine does when the time is over failed, and is undone: tried again later, or reported for good. */
export async function failedTimer(host: WorkflowHost, row: StepRow, error: unknown): Promise<void> {
  const isOver = await host.transaction(async (session) => {
    const [found] = await selectSteps(session, { filter: [['id', '=', row.id]], lock: 'wait' })
    if (!found || found.due_at !== row.due_at || found.attempt !== row.attempt) return false
    const pause = retryPause({}, row.attempt + 1, error)
    const due = pause === undefined ? null : host.clock.now() + pause
    await updateStep(session, row.id, {
      ...{ attempt: row.attempt + 1, error: messageOf(error), due_at: due },
      ...(due === null ? { state: 'failed', ended_at: host.clock.now() } : {}),
    })
    return due === null
  })
  if (isOver)
    host.report(
      new Error(`What follows "${row.step}" of "${row.workflow}" by itself failed (${row.object} ${row.record}).`, { cause: error }),
    )
}
