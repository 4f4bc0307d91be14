import type { ContractValidator } from '../../generated/validators.js'

/** Masts stand somewhere: each site has a latitude and a longitude of this planet, as far as it has them. */
export const sitesAreOnEarth: ContractValidator = ({ record }) => {
  for (const site of Array.isArray(record.sites) ? record.sites : []) {
    if (typeof site !== 'object' || site === null) continue
    const { name, latitude, longitude } = site as { readonly name?: unknown; readonly latitude?: unknown; readonly longitude?: unknown }
    if (isBeyond(latitude, 90) || isBeyond(longitude, 180)) return { valid: false, params: { site: String(name ?? 'A site') } }
  }
  return true
}

const isBeyond = (value: unknown, limit: number): boolean => typeof value === 'number' && Math.abs(value) > limit

/** Whoever owes us for an old contract gets no new one on top of it. */
export const owesNothing: ContractValidator = async ({ record, params, api }) => {
  const owed = await api.object('invoice').count({ where: { account: record.account, status: 'overdue' } })
  return owed <= Number(params['most'])
}
