import { ObjectQLError } from '../problem/problem.ts'
import type { StepRun } from './step-run.ts'

/** Writes the record an instance is about. */
export async function updateRecord({ host, instance }: StepRun, updates: object): Promise<void> {
  const { object, record } = instance
  if (Object.keys(updates).length === 0) return
  if (object === null || record === null) throw new ObjectQLError(422, 'VALIDATION_ERROR', 'The workflow is about no record.')
  await host.access.object(object).update(record, updates)
}
