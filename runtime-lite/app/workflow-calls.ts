import type { Workflows } from '../workflow/workflows.ts'
import type { AppCore } from './app-core.ts'

/** `app.workflows`: what runs them is loaded with the first call, and with the start of applications that have some. */
export function createWorkflowCalls(core: AppCore): Workflows {
  const api = async (): Promise<Workflows> => (await core.workflows()).api
  return {
    start: async (name, options) => (await api()).start(name, options),
    tasks: async (filter) => (await api()).tasks(filter),
    instances: async (filter) => (await api()).instances(filter),
    history: async (instance) => (await api()).history(instance),
    act: async (task, action, decision) => (await api()).act(task, action, decision),
    reassign: async (task, assignee, options) => (await api()).reassign(task, assignee, options),
    retry: async (instance) => (await api()).retry(instance),
    cancel: async (instance) => (await api()).cancel(instance),
    runDue: async () => (await api()).runDue(),
  }
}
