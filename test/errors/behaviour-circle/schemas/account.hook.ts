export async function afterUpdate(ctx) {
  await ctx.api.update('contact', ctx.data.name, {})
}
