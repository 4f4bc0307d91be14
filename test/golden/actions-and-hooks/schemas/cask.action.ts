import type { ActionContext, ActionDefinition } from 'objectql/spec'

export const topUp: ActionDefinition<{ readonly litres: number }> = {
  name: 'top_up',
  handler: async ({ api, id, input }) => api.update('cask', String(id), { litres: input.litres }),
}

export const stocktake = async ({ api }: ActionContext): Promise<number> => api.count('cask')

export const forget: ActionDefinition = {
  handler: async ({ api, id }) => {
    await api.delete('cask', String(id))
  },
}
