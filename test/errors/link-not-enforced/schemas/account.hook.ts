export default {
  beforeCreate(ctx: { data: { first?: string } }): void {
    ctx.data.first = ctx.data.first?.trim()
  },
}
