import type { PlanLoader } from '../object/database.ts'
import { MissingPlan } from '../query/bind/bind-scope.ts'

/** Does work once the plans are loaded that it needs: what it finds missing is loaded, then it is done again. */
export async function withPlans<Result>(
  { loadPlans }: Pick<PlanLoader, 'loadPlans'>,
  work: () => Promise<Result> | Result,
): Promise<Result> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof MissingPlan)) throw error
      await loadPlans([error.objectName])
    }
  }
}
