import type { ActionContext, ActionDefinition } from 'objectql/spec'

/** Hooks of opportunities do the rest: the probability, the closed flag, the account that wakes up. */
export const closeAsWon: ActionDefinition<{ readonly signed_on: string; readonly comment?: string | null }> = {
  name: 'close_as_won',
  handler: async ({ api, id, input }) => {
    const next_step = input.comment?.slice(0, 200)
    return api.update('opportunity', String(id), { stage: 'won', close_date: input.signed_on, ...(next_step ? { next_step } : {}) })
  },
}

const MONTHS = { Q1: ['01', '03-31'], Q2: ['04', '06-30'], Q3: ['07', '09-30'], Q4: ['10', '12-31'] } as const

/** What the deals of a quarter would bring if each came true as likely as it is. */
export const forecastQuarter: ActionDefinition<{ readonly quarter: keyof typeof MONTHS; readonly year: number }> = {
  name: 'forecast_quarter',
  handler: async ({ api, input }: ActionContext<{ readonly quarter: keyof typeof MONTHS; readonly year: number }>) => {
    const [first, last] = MONTHS[input.quarter]
    const close_date = { $gte: `${input.year}-${first}-01`, $lte: `${input.year}-${last}` }
    const deals = await api.find('opportunity', { where: { close_date, stage: { $ne: 'lost' } }, select: ['expected'], limit: 1000 })
    return deals.reduce((sum, { expected }) => sum + Number(expected ?? 0), 0)
  },
}
