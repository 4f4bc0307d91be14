import type { AppIr } from '../../ir/object.ts'
import { functionTypes } from '../objects/function-types.ts'

const KINDS: readonly string[] = ['Hook', 'Create', 'Update', 'Delete', 'Find']

/** `hooks.d.ts`: what hooks are called with. */
export const hookTypes = (app: AppIr): string =>
  functionTypes(app, 'Hook', ({ trash }, record) => [
    ...(trash ? [...KINDS, 'Restore', 'Purge'] : KINDS).map(
      (kind) => `export type ${record}${kind}Context = ql.${kind}ContextOf<objects.${record}, HookApi>`,
    ),
    `export type ${record}Hook = ql.HookOf<${record}HookContext>`,
  ])
