import type { AuditStore } from './audit-store.ts'

const PAGE = 500

/** All chains: those there should be, those that have an end, and those that have entries, so that none is gone unseen. In order. */
export async function chainNames(
  { chains, entries }: Pick<AuditStore, 'chains' | 'entries'>,
  wanted: readonly string[],
): Promise<string[]> {
  const names = new Set(wanted)
  for (let last = ''; ; ) {
    const { items } = await chains.find({ where: { id: { $gt: last } }, select: ['id'], orderBy: { id: 'asc' }, limit: PAGE })
    for (const { id } of items) names.add(id)
    if (items.length < PAGE) break
    last = items.at(-1)?.id ?? ''
  }
  for (let last = ''; ; ) {
    const groups = await entries.aggregate({
      where: { chain: { $gt: last } },
      groupBy: ['chain'],
      aggregate: { entries: { count: '*' } },
      orderBy: ['chain'],
      limit: PAGE,
    })
    for (const { chain } of groups) names.add(String(chain))
    if (groups.length < PAGE) break
    last = String(groups.at(-1)?.['chain'])
  }
  return [...names].sort()
}
