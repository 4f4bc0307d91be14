import type { ActionContext, ActionDefinition } from 'objectql/spec'

/** What guards and actions of the state machine get. */
interface Step {
  readonly data: Record<string, unknown>
  readonly record: Readonly<Record<string, unknown>>
}

/** Below 200 nobody is asked; above, the customer has to agree first, and in warranty we pay. */
export const mayBegin = ({ record }: Step): boolean =>
  record['in_warranty'] === true || (typeof record['estimate'] === 'number' && record['estimate'] <= 200)

/** The courier has it. */
export function handOut({ data }: Step): void {
  data['handed_out_at'] = new Date().toISOString()
}

/** Nobody pays for scrap. */
export function forgetCost({ data }: Step): void {
  data['cost'] = 0
}

/** A global action: how full the bench is. */
export const bench: ActionDefinition = {
  type: 'global',
  handler: async (ctx: ActionContext) => {
    const open = await ctx.api.object('repair').find({ where: { status: { $nin: ['returned', 'scrapped'] } } })
    return { open: open.length, waiting: open.filter((repair) => repair['status'] === 'waiting_for_parts').length }
  },
}
