import type { Session } from '../database/session.ts'
import { type Asker, planOf, type WorkflowHost } from './workflow-host.ts'
import type { WorkflowRight } from './workflow-plan.ts'
import type { InstanceRow } from './workflow-rows.ts'
import type { Filter } from './workflow-statements.ts'
import { selectInstances } from './workflow-store.ts'

/** Roles that stand for everybody whom the application knows. */
const EVERYBODY: ReadonlySet<string> = new Set(['*', 'everyone'])

const hasRole = (allowed: readonly string[], { roles }: Asker): boolean =>
  allowed.some((role) => EVERYBODY.has(role) || roles.includes(role))

/** Whether somebody has a right over all instances of a workflow, by their roles. Where nobody is known, everybody has all. */
export async function mayDo(host: WorkflowHost, workflow: string, right: WorkflowRight, asker: Asker): Promise<boolean> {
  if (!asker.isKnown) return true
  const allowed = (await planOf(host, workflow))?.may?.[right]
  return allowed !== undefined && hasRole(allowed, asker)
}

/** Instances somebody may see: those they started, in which they were asked for something, and those of workflows that their roles show. */
export async function visibleTo(host: WorkflowHost, asker: Asker): Promise<readonly Filter[]> {
  if (!asker.isKnown) return []
  const names = await Promise.all(Object.keys(host.modules).map(async (name) => ((await mayDo(host, name, 'view', asker)) ? [name] : [])))
  const shown = names.flat()
  return [
    [['id', 'asked', { id: asker.id ?? null, roles: asker.roles }]],
    ...(asker.id === undefined ? [] : [[['started_by', '=', asker.id] as const]]),
    ...(shown.length === 0 ? [] : [[['workflow', 'in', shown] as const]]),
  ]
}

/** The instance, if there is one that somebody may see. */
export async function maySee(host: WorkflowHost, session: Session, id: string, asker: Asker): Promise<InstanceRow | undefined> {
  const [row] = await selectInstances(session, { filter: [['id', '=', id]], any: await visibleTo(host, asker) })
  return row
}
