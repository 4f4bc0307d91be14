// Hooks as the older servers took them: a default export, one function for each event.

interface Context {
  readonly data: Record<string, unknown>
  readonly previousData?: Record<string, unknown>
  readonly user?: { readonly id: string } | undefined
  readonly api: {
    count(object: string, filter?: object): Promise<number>
    find(object: string, query?: object): Promise<Record<string, unknown>[]>
    update(object: string, id: string, record: object): Promise<unknown>
  }
  readonly id?: string
  isModified(field: string): boolean
}

const NEXT: Readonly<Record<string, readonly string[]>> = {
  planned: ['in_progress', 'completed'],
  in_progress: ['completed', 'planned'],
  completed: [],
}

export default {
  beforeCreate(ctx: Context) {
    ctx.data['owner'] ??= ctx.user?.id ?? 'nobody'
  },

  beforeUpdate(ctx: Context) {
    if (!ctx.isModified('status')) return
    const before = String(ctx.previousData?.['status'])
    const after = String(ctx.data['status'])
    if (!NEXT[before]?.includes(after)) throw new Error(`A project does not go from ${before} to ${after}.`)
  },

  async afterUpdate(ctx: Context) {
    if (!ctx.isModified('status') || ctx.data['status'] !== 'completed') return
    for (const task of await ctx.api.find('tasks', { filters: [['project', '=', ctx.id], 'and', ['completed', '=', false]] }))
      await ctx.api.update('tasks', String(task['id']), { completed: true })
  },

  async beforeDelete(ctx: Context) {
    const open = await ctx.api.count('tasks', [
      ['project', '=', ctx.id],
      ['completed', '=', false],
    ])
    if (open > 0) throw new Error(`The project has ${open} open tasks.`)
  },
}
