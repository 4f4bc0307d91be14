import type { Query, SlotValue } from '../../../runtime-lite/query/ast.ts'
import type { Random } from '../random.ts'
import { operandValue } from './normal-query.ts'
import { jsonWriter } from './write-json.ts'
import { inWords, odataWriter } from './write-odata.ts'

/** A query as a query string, each part in one of the ways in which people write it. */
export function writeUrl(random: Random, query: Query, values: readonly SlotValue[]): string {
  const odata = odataWriter(random, values)
  const json = jsonWriter(random, values)
  const { where, orderBy, select, expand, limit, offset, isDistinct, total, group, deleted } = query
  const parameters: [string, string][] = []
  const add = (names: readonly string[], write: () => string | undefined, value: () => unknown): void => {
    const spelled = (random.chance(0.7) ? inWords(write) : undefined) ?? JSON.stringify(value())
    parameters.push([random.pick(names), spelled])
  }
  if (where)
    add(
      ['$filter', 'filter', 'filters', 'where'],
      () => odata.condition(where),
      () => json.condition(where),
    )
  if (orderBy.length > 0)
    add(
      ['$orderby', 'orderBy', 'sort'],
      () => odata.sort(orderBy),
      () => json.sort(orderBy),
    )
  if (expand.length > 0)
    add(
      ['$expand', 'expand', 'populate'],
      () => odata.expand(expand),
      () => json.expand(expand),
    )
  if (select)
    add(
      ['$select', 'select', 'fields'],
      () => select.join(),
      () => select,
    )
  if (limit) parameters.push([random.pick(['$top', 'top', 'limit']), String(operandValue(limit, values))])
  if (offset) parameters.push([random.pick(['$skip', 'skip', 'offset']), String(operandValue(offset, values))])
  if (isDistinct) parameters.push(['distinct', 'true'])
  if (deleted) parameters.push(['deleted', deleted])
  if (total === 'exact') parameters.push([random.pick(['$count', 'count']), random.pick(['true', 'exact'])])
  if (group) {
    if (group.by.length > 0)
      add(
        ['groupBy'],
        () => odata.groups(query).by,
        () => json.groups(query).by,
      )
    if (group.aggregates.length > 0)
      add(
        ['aggregate', 'aggregations'],
        () => odata.groups(query).aggregates,
        () => json.groups(query).aggregates,
      )
    const { having } = group
    if (having)
      add(
        ['having'],
        () => odata.condition(having),
        () => json.condition(having),
      )
  }
  const encode = encoder(random)
  return parameters.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
}

/** A query as a JSON document: values of JSON only. */
export function writeDocument(random: Random, query: Query, values: readonly SlotValue[]): Record<string, unknown> {
  const odata = odataWriter(random, values)
  const json = jsonWriter(random, values)
  const { where, orderBy, select, expand, limit, offset, isDistinct, total, group, deleted } = query
  const filter = where && ((random.chance(0.2) ? inWords(() => odata.condition(where)) : undefined) ?? json.condition(where))
  return {
    ...(where ? { [random.pick(['where', 'filter', 'filters'])]: filter } : {}),
    ...(orderBy.length > 0
      ? { [random.pick(['orderBy', 'sort'])]: (random.chance(0.3) ? inWords(() => odata.sort(orderBy)) : undefined) ?? json.sort(orderBy) }
      : {}),
    ...(select ? { [random.pick(['select', 'fields'])]: select } : {}),
    ...(expand.length > 0 ? { [random.pick(['expand', 'populate', '$expand'])]: json.expand(expand) } : {}),
    ...(limit ? { [random.pick(['limit', 'top'])]: operandValue(limit, values) } : {}),
    ...(offset ? { [random.pick(['offset', 'skip'])]: operandValue(offset, values) } : {}),
    ...(isDistinct ? { distinct: true } : {}),
    ...(deleted ? { deleted } : {}),
    ...(total === 'exact' ? { count: true } : {}),
    ...(group && group.by.length > 0 ? { groupBy: json.groups(query).by } : {}),
    ...(group && group.aggregates.length > 0 ? { [random.pick(['aggregate', 'aggregations'])]: json.groups(query).aggregates } : {}),
    ...(group?.having ? { having: json.condition(group.having) } : {}),
  }
}

/** Percent-encoding as different clients do it. */
function encoder(random: Random): (text: string) => string {
  if (random.chance(0.5)) return encodeURIComponent
  if (random.chance(0.5)) return (text) => new URLSearchParams([['', text]]).toString().slice(1)
  // What must be encoded, and letters outside of ASCII.
  return (text) =>
    Array.from(text, (char) => ('%&+#='.includes(char) || char <= ' ' || char > '~' ? encodeURIComponent(char) : char)).join('')
}
