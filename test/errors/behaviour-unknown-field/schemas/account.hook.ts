interface Context {
  data: Record<string, unknown>
  previous?: Record<string, unknown>
  input: Record<string, unknown>
  isModified(field: string): boolean
}

export const stamp = {
  object: 'account',
  events: ['beforeUpdate'],
  handler(ctx: Context) {
    const { data } = ctx
    if (ctx.isModified('health_scor')) data.nane = String(ctx.previous?.['name'] ?? ctx.input.data)
  },
}

export const watch = { object: '*', events: ['afterCreate'], handler: (ctx: Context) => void ctx.data.HealthScore }
