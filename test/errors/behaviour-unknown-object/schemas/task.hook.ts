// biome-ignore-all lint: how it is spelled is the point.
export const follow = {
  object: 'task',
  events: ['afterUpdate'],
  async handler(ctx: any) {
    await ctx.api.object('acount').create({ name: 'x' })
    await ctx.api.update('account', ctx.id, { status: 'active', nmae: 'x', ...ctx.data, [ctx.id]: 1 })
    await ctx.ql.find('Account', { filters: [['statsu', '=', 'open'], 'and', ['name', '!=', null]] })
    await ctx.db.doc.update('tasks2', ctx.id, { anything: 1 })
    const { api } = ctx
    await api.object('task').updateMany({ where: { titel: 'x', $or: [{ nothing: 1 }] } }, { 'account.name': 1 })
    await api.object('account').upsert({ nmae: 'x' }, { on: ['name'] })
    // Not the application's.
    await ctx.state.client.update('acount', 1, { nmae: 1 })
    await ctx.api.find(ctx.object, { where: { nmae: 1 } })
    await ctx.api.find('invoice', { where: { nmae: 1 } })
  },
}
