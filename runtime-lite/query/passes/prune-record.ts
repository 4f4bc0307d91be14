import type { BoundMember } from '../bound.ts'
import type { Pass } from './pass.ts'
import { mapList } from './rewrite.ts'

/** Nothing is read that does not reach the answer: keys given twice, the order of what is only counted, lists that no record can be in. */
export const pruneRecord: Pass = {
  name: 'prune-record',
  description: 'reads only what reaches the answer',
  run(query) {
    const record = query.record && prunedMembers(query.record)
    const orderBy = query.group && query.group.by.length === 0 ? [] : query.orderBy
    const isSame = record === query.record && (orderBy === query.orderBy || query.orderBy.length === 0)
    return isSame ? query : { ...query, orderBy, ...(record ? { record } : {}) }
  },
}

function prunedMembers(members: readonly BoundMember[]): readonly BoundMember[] {
  const keys = new Set<string>()
  for (const { key } of members) keys.add(key)
  const unique = keys.size === members.length ? members : [...new Map(members.map((member) => [member.key, member])).values()]
  return mapList(unique, (member) => {
    if (member.kind === 'value') return member
    // A page of nothing needs neither the order nor the columns.
    const isEmpty = member.kind === 'many' && member.where.kind === 'constant' && !member.where.holds
    const record = isEmpty ? [] : member.record && prunedMembers(member.record)
    if (member.kind !== 'many') return record === member.record ? member : { ...member, record }
    const orderBy = isEmpty ? [] : member.orderBy
    return record === member.record && orderBy === member.orderBy ? member : { ...member, record, orderBy }
  })
}
