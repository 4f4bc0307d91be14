import type { OpportunityHook, OpportunityHookContext, OpportunityUpdateContext } from '../../generated/hooks.js'

const PROBABILITY: Readonly<Record<string, number>> = { listening: 10, site_visit: 30, proposal: 60, handshake: 90, won: 100, lost: 0 }

/** The typed form: a hook is a value with a name, so that others can order themselves around it. */
export const followStage: OpportunityHook = {
  name: 'follow_stage',
  object: 'opportunity',
  events: ['beforeInsert', 'beforeUpdate'],
  priority: 100,
  description: 'Probability and the closed flag follow the stage.',
  handler: (ctx: OpportunityHookContext): void => {
    const stage = ctx.data.stage
    if (typeof stage !== 'string') return
    ctx.data.probability = PROBABILITY[stage] ?? 10
    ctx.data.is_closed = stage === 'won' || stage === 'lost'
  },
}

export const wakeAccount: OpportunityHook = {
  name: 'wake_account',
  object: 'opportunity',
  events: ['afterUpdate'],
  priority: 200,
  description: 'A won deal makes its account active.',
  condition: "record.stage == 'won' && previous.stage != 'won'",
  handler: async (ctx: OpportunityUpdateContext): Promise<void> => {
    await ctx.api.update('account', ctx.previous.account, { status: 'active' })
  },
}
