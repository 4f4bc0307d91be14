import type { ResolvedConfig } from '../config/config.ts'
import type { AppIr } from '../ir/object.ts'
import type { Pass } from './pass.ts'

/** Every pass, in the order they run. */
export const PASSES: readonly Pass[] = []

/** Runs the passes, each on what the one before left. `skip` names passes to leave out, for measuring and for bisecting. */
export function optimize(app: AppIr, config: ResolvedConfig, options: OptimizeOptions = {}): AppIr {
  const { passes = PASSES, skip = [] } = options
  return passes.filter(({ name }) => !skip.includes(name)).reduce((ir, pass) => pass.run(ir, config), app)
}

export interface OptimizeOptions {
  readonly passes?: readonly Pass[]
  readonly skip?: readonly string[]
}
