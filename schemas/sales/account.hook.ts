import type { HookContext } from 'objectql/spec'

/** The simple form: one export per event, keyed by its name. */
export default {
  /** People paste names with stray spaces. */
  beforeCreate(ctx: HookContext): void {
    if (typeof ctx.data.name === 'string') ctx.data.name = ctx.data.name.trim()
  },

  beforeUpdate(ctx: HookContext): void {
    if (typeof ctx.data.name === 'string') ctx.data.name = ctx.data.name.trim()
    // A lost account is nobody's key account.
    if (ctx.data.status === 'lost') ctx.data.is_key_account = false
  },
}
