import type { Hook, HookContext } from 'objectql/spec'

interface Cask {
  name?: string
  litres?: number | null
}

export const tidyName: Hook<Cask> = {
  name: 'tidy_name',
  object: 'cask',
  events: ['beforeInsert', 'beforeUpdate'],
  priority: 10,
  handler: (ctx: HookContext<Cask>): void => {
    if (typeof ctx.data.name === 'string') ctx.data.name = ctx.data.name.trim()
  },
}

export const tellCellar: Hook<Cask> = {
  name: 'tell_cellar',
  object: 'cask',
  events: ['afterUpdate'],
  condition: 'record.litres > 200',
  handler: async (ctx: HookContext<Cask>): Promise<void> => {
    console.log(ctx.id)
  },
}
