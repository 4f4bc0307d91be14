import type { ResolvedConfig } from '../config/config.ts'
import type { AppIr } from '../ir/object.ts'

/**
 * One optimisation: a total, pure function from frozen IR to frozen IR that changes no behaviour. The compiled app must answer
 * every request the same with the pass and without it.
 */
export interface Pass {
  /** Kebab case, unique: how the pass is named when it is switched off. */
  readonly name: string
  readonly run: (app: AppIr, config: ResolvedConfig) => AppIr
}
