import type { RepairCreateContext, RepairHook, RepairHookContext, RepairUpdateContext } from '../../generated/hooks.js'

/** What is read about the ticket and about earlier repairs needs nothing of each other: the two run side by side. */
export const quoteTicket: RepairHook = {
  name: 'quote_ticket',
  object: 'repair',
  events: ['beforeCreate'],
  parallel: true,
  handler: async (ctx: RepairCreateContext): Promise<void> => {
    if (typeof ctx.data.ticket !== 'string') return
    const ticket = await ctx.api.findOne('ticket', ctx.data.ticket)
    if (ticket !== null && ticket['product'] === ctx.data.product) ctx.data.finding ??= `See ticket ${String(ticket['number'])}.`
  },
}

/** Whoever had it in his hands before knows its screws. */
export const knowsItAlready: RepairHook = {
  name: 'knows_it_already',
  object: 'repair',
  events: ['beforeCreate'],
  parallel: true,
  handler: async (ctx: RepairCreateContext): Promise<void> => {
    if (ctx.data.technician !== undefined) return
    const [before] = await ctx.api
      .object('repair')
      .find({ where: { serial_number: ctx.data.serial_number }, orderBy: { received_on: 'desc' }, limit: 1 })
    if (before?.technician) ctx.data.technician = before.technician
  },
}

/** Serial numbers are typed from a muddy label. */
export const tidySerialNumber: RepairHook = {
  name: 'tidy_serial_number',
  object: 'repair',
  events: ['beforeInsert', 'beforeUpdate'],
  priority: 50,
  handler: (ctx: RepairHookContext): void => {
    if (typeof ctx.data.serial_number === 'string') ctx.data.serial_number = ctx.data.serial_number.trim().toUpperCase()
  },
}

/** The ticket hears of it from the technician. A ticket that takes no reply does not keep the repair from going on. */
export const tellTicket: RepairHook = {
  name: 'tell_ticket',
  object: 'repair',
  events: ['afterUpdate'],
  condition: "ISCHANGED(status) AND status = 'ready' AND ticket.status <> 'closed'",
  onError: 'log',
  handler: async (ctx: RepairUpdateContext): Promise<void> => {
    const { ticket, number } = ctx.previous
    const author = ctx.result?.technician
    if (ticket && author) await ctx.api.object('ticket_reply').create({ ticket, author, body: `Repair ${number} is ready.` })
  },
}

/** Whoever counts repairs elsewhere is told once it is certain, again if need be, and never kept waiting for. */
export const countElsewhere: RepairHook = {
  name: 'count_elsewhere',
  object: 'repair',
  events: ['afterCreate'],
  async: true,
  timeout: 5000,
  retryPolicy: { maxRetries: 2, backoffMs: 200 },
  handler: async (): Promise<void> => {
    repairsSinceStart.count += 1
  },
}

/** What {@link countElsewhere} counts. */
export const repairsSinceStart = { count: 0 }
