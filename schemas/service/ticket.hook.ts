import type { TicketUpdateContext } from '../../generated/hooks.js'

/** Solving a ticket stops its clock; opening it again starts the clock anew. */
export function beforeUpdate(ctx: TicketUpdateContext): void {
  if (ctx.data.status === 'solved') ctx.data.solved_at = new Date().toISOString()
  if (ctx.data.status === 'in_work') ctx.data.solved_at = null
}
