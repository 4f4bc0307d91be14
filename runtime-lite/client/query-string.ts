/** A query as the calls take it, whatever the object. */
export interface WireQuery {
  readonly where?: object
  readonly orderBy?: object | readonly object[]
  readonly select?: readonly PropertyKey[]
  readonly expand?: object
  readonly limit?: number
  readonly offset?: number
  readonly count?: boolean
}

/** The query as URL text, `?` included; empty when it asks for nothing. */
export function queryString({ where, orderBy, select, expand, limit, offset, count }: WireQuery = {}): string {
  const sort = [orderBy ?? []]
    .flat()
    .flatMap((item) => Object.entries(item).map(([field, direction]) => direction && (direction === 'desc' ? `-${field}` : field)))
  const parameters = {
    filter: where && JSON.stringify(where),
    sort: sort.filter(Boolean).join(),
    fields: select?.join(),
    expand: expand && (Object.values(expand).every((query) => query === true) ? Object.keys(expand).join() : JSON.stringify(expand)),
    limit,
    offset,
    count,
  }
  let text = ''
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') text += `${text ? '&' : '?'}${name}=${encodeURIComponent(value)}`
  return text
}
