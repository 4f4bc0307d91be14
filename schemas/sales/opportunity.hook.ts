import type { Hook, HookContext } from 'objectql/spec'

/** What the hooks below touch. */
interface Deal {
  stage?: string | null
  probability?: number | null
  is_closed?: boolean | null
  account?: string
}

const PROBABILITY: Readonly<Record<string, number>> = { listening: 10, site_visit: 30, proposal: 60, handshake: 90, won: 100, lost: 0 }

/** The typed form: a hook is a value with a name, so that others can order themselves around it. */
export const followStage: Hook<Deal> = {
  name: 'follow_stage',
  object: 'opportunity',
  events: ['beforeInsert', 'beforeUpdate'],
  priority: 100,
  description: 'Probability and the closed flag follow the stage.',
  handler: (ctx: HookContext<Deal>): void => {
    const stage = ctx.data.stage
    if (typeof stage !== 'string') return
    ctx.data.probability = PROBABILITY[stage] ?? 10
    ctx.data.is_closed = stage === 'won' || stage === 'lost'
  },
}

export const wakeAccount: Hook<Deal> = {
  name: 'wake_account',
  object: 'opportunity',
  events: ['afterUpdate'],
  priority: 200,
  description: 'A won deal makes its account active.',
  condition: "record.stage == 'won' && previous.stage != 'won'",
  handler: async (ctx: HookContext<Deal>): Promise<void> => {
    const { account } = ctx.result as Deal
    if (account !== undefined) await ctx.api.update('account', account, { status: 'active' })
  },
}
