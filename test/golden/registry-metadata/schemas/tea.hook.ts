import type { HookContext } from '@objectql/types'

export default {
  beforeCreate(ctx: HookContext): void {
    ctx.data['name'] = String(ctx.data['name']).trim()
  },
}
