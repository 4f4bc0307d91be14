// Actions as the older servers took them: named exports with a handler, their parameters in the object's own file.

interface Objects {
  get(id: string): Promise<Record<string, unknown> | null>
  find(query?: object): Promise<Record<string, unknown>[]>
  count(filter?: object): Promise<number>
  create(record: object): Promise<Record<string, unknown>>
  update(id: string, record: object): Promise<Record<string, unknown>>
}

interface Context {
  readonly id?: string
  readonly input: Record<string, unknown>
  readonly user?: { readonly id: string } | undefined
  readonly api: { object(name: string): Objects }
}

const projects = (ctx: Context): Objects => ctx.api.object('projects')

export const complete = {
  handler: (ctx: Context) =>
    projects(ctx).update(String(ctx.id), {
      status: 'completed',
      end_date: ctx.input['completion_date'] ?? new Date().toISOString().slice(0, 10),
    }),
}

export const approve = {
  handler: (ctx: Context) =>
    projects(ctx).update(String(ctx.id), {
      approved_by: ctx.user?.id ?? null,
      approved_at: new Date().toISOString(),
      approval_comment: ctx.input['comment'],
    }),
}

export const clone = {
  async handler(ctx: Context) {
    const { id, created_at, updated_at, ...values } = (await projects(ctx).get(String(ctx.id))) ?? {}
    const made = await projects(ctx).create({ ...values, name: ctx.input['new_name'], status: 'planned' })
    if (ctx.input['copy_tasks'] === true)
      for (const task of await ctx.api.object('tasks').find({ filters: [['project', '=', id]] }))
        await ctx.api.object('tasks').create({ name: task['name'], project: made['id'] })
    return { id: made['id'], from: id, since: [created_at, updated_at].length }
  },
}

export const import_projects = {
  async handler(ctx: Context) {
    if (ctx.input['source'] !== 'json') throw new Error('Only JSON can be imported here.')
    const made: unknown[] = []
    for (const record of JSON.parse(String(ctx.input['data'])) as object[]) made.push((await projects(ctx).create(record))['id'])
    return { count: made.length }
  },
}

export const bulk_update_status = {
  async handler(ctx: Context) {
    const ids = String(ctx.input['project_ids']).split(',')
    for (const id of ids) await projects(ctx).update(id.trim(), { status: ctx.input['new_status'] })
    return { count: ids.length }
  },
}

export const generate_report = {
  async handler(ctx: Context) {
    const byStatus: Record<string, number> = {}
    for (const status of ['planned', 'in_progress', 'completed']) byStatus[status] = await projects(ctx).count([['status', '=', status]])
    return { total: Object.values(byStatus).reduce((sum, count) => sum + count, 0), byStatus }
  },
}
