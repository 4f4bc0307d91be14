import type { ActionDefinition } from 'objectql/spec'

/** Contacts and deals move; invoices and contracts stay with the account that signed them. */
export const merge: ActionDefinition<{ readonly target: string; readonly with_deals?: boolean | null }> = {
  handler: async ({ api, id, input }) => {
    if (input.target === id) throw new Error('An account cannot be merged into itself.')
    let moved = 0
    for (const object of input.with_deals ? ['contact', 'opportunity'] : ['contact']) {
      for (const record of await api.find(object, { where: { account: id }, select: ['id'], limit: 1000 })) {
        await api.update(object, String(record.id), { account: input.target })
        moved++
      }
    }
    await api.update('account', String(id), { status: 'dormant', parent_account: input.target })
    return { moved }
  },
}
