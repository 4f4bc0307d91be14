export async function afterUpdate(ctx) {
  await ctx.api.object('account').update(ctx.data.name, {})
}
