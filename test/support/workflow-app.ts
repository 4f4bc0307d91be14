import { join } from 'node:path'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import type { Workflows } from '../../runtime-lite/workflow/workflows.ts'

export type WorkflowApp = App<{ readonly [object: string]: ObjectApi }>

/** Starts a compiled application. Several may run on one database. */
export async function startedWorkflows(folder: string, options: AppOptions): Promise<WorkflowApp> {
  const { createApp } = (await import(/* @vite-ignore */ join(folder, 'index.ts'))) as {
    createApp(options: AppOptions): Promise<WorkflowApp>
  }
  return createApp(options)
}

/** What happened in an instance, as `step:state`. */
export async function stepsOf(workflows: Workflows, instance: string): Promise<readonly string[]> {
  return (await workflows.history(instance)).map(({ step, state }) => `${step}:${state}`)
}
