/** A query as the calls take it, whatever the object. */
export interface WireQuery {
  readonly where?: object
  readonly orderBy?: object | readonly object[]
  readonly select?: readonly string[]
  readonly expand?: object
  readonly limit?: number
  readonly offset?: number
  readonly count?: boolean
}

/** The query as URL text, `?` included; empty when it asks for nothing. */
export function queryString({ where, orderBy = [], select = [], expand = {}, limit, offset, count }: WireQuery = {}): string {
  // Undefined, which conditional queries leave behind, counts as absent.
  const sort = [orderBy].flat().flatMap((item) => Object.entries(item).filter(([, direction]) => direction))
  const relations = Object.entries(expand).filter(([, query]) => query)
  const parameters = {
    filter: where && JSON.stringify(where),
    sort: isPlain(sort.map(([field]) => field))
      ? sort.map(([field, direction]) => (direction === 'desc' ? '-' : '') + field)
      : JSON.stringify(sort),
    fields: isPlain(select) ? select : JSON.stringify(select),
    expand: relations.every(([field, query]) => query === true && isPlain([field]))
      ? relations.map(([field]) => field)
      : JSON.stringify(expand),
    limit,
    offset,
    count,
  }
  let text = ''
  for (const [name, value] of Object.entries(parameters)) {
    const encoded = encodeURIComponent(String(value ?? ''))
    if (encoded) text += `${text ? '&' : '?'}${name}=${encoded}`
  }
  return text
}

/** True for names that can stand in a comma-separated list. Others, which schemas may have too, travel as JSON. */
const isPlain = (names: readonly string[]): boolean => names.every((name) => /^\w+$/.test(name))
