import type { AccountCreateContext, AccountUpdateContext } from '../../generated/hooks.js'

/** The simple form: one export per event, keyed by its name. */
export default {
  /** People paste names with stray spaces. */
  beforeCreate(ctx: AccountCreateContext): void {
    if (typeof ctx.data.name === 'string') ctx.data.name = ctx.data.name.trim()
  },

  beforeUpdate(ctx: AccountUpdateContext): void {
    if (typeof ctx.data.name === 'string') ctx.data.name = ctx.data.name.trim()
    // A lost account is nobody's key account.
    if (ctx.data.status === 'lost') ctx.data.is_key_account = false
  },
}
