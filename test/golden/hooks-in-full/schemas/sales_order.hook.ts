import type { Hook, HookContext } from 'objectql/spec'

interface SalesOrder {
  title?: string
  stage?: string
  amount?: number | null
}

/** Create and Insert are one event. */
export function beforeInsert(ctx: HookContext<SalesOrder>): void {
  ctx.data.title = ctx.data.title?.trim() ?? ''
}

export function afterRestore(ctx: HookContext<SalesOrder>): void {
  ctx.state['restored'] = ctx.id
}

export const price: Hook<SalesOrder> = {
  name: 'price',
  object: 'SalesOrder',
  events: ['beforeUpdate'],
  priority: 10,
  condition: "record.stage == 'won' && previous.stage != 'won'",
  handler: (ctx: HookContext<SalesOrder>): void => {
    ctx.data.amount ??= 0
  },
}

export const ask: Hook<SalesOrder> = {
  name: 'ask',
  object: 'sales-order',
  events: ['beforeUpdate'],
  parallel: true,
  condition: (ctx: HookContext<SalesOrder>): boolean => ctx.isModified('stage'),
  timeout: 2000,
  handler: async (ctx: HookContext<SalesOrder>): Promise<void> => {
    await ctx.api.find('customer', {})
  },
}

export const ask_again: Hook<SalesOrder> = {
  name: 'ask_again',
  object: 'sales_order',
  events: ['beforeUpdate'],
  parallel: true,
  retryPolicy: { maxRetries: 2, backoffMs: 50 },
  onError: 'log',
  handler: async (ctx: HookContext<SalesOrder>): Promise<void> => {
    await ctx.ql.count('customer')
  },
}

/** Nothing stands around its call: it gives a promise whatever happens. */
export const ask_others: Hook<SalesOrder> = {
  name: 'ask_others',
  object: 'sales_order',
  events: ['beforeUpdate'],
  parallel: true,
  handler: async (ctx: HookContext<SalesOrder>): Promise<void> => {
    await ctx.api.count('customer')
  },
}

export const announce: Hook<SalesOrder> = {
  name: 'announce',
  object: ['sales_order', 'Customer'],
  events: ['afterCreate', 'afterUpdate'],
  async: true,
  onError: 'ignore',
  handler: async (ctx: HookContext<SalesOrder>): Promise<void> => {
    await ctx.api.count('customer')
  },
}

export const settle: Hook<SalesOrder> = {
  name: 'settle',
  object: 'sales_order',
  events: ['afterUpdate'],
  phase: 'afterRollback',
  handler: 'tell_operator',
}

export const watch: Hook<SalesOrder> = {
  name: 'watch',
  object: '*',
  events: ['beforeMutation', 'afterQuery'],
  priority: 900,
  handler: (ctx: HookContext<SalesOrder>): void => {
    ctx.state['seen'] = true
  },
}
