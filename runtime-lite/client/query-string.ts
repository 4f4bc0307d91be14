/** A query as the calls take it, whatever the object. */
export interface WireQuery {
  readonly where?: object
  readonly search?: string | object
  readonly orderBy?: object | readonly object[]
  readonly select?: readonly string[]
  readonly expand?: object
  readonly distinct?: boolean
  readonly limit?: number
  readonly offset?: number
  readonly cursor?: string
  readonly count?: boolean | string
  readonly deleted?: string
}

/** A query for groups. */
export interface AggregateRequest extends WireQuery {
  readonly groupBy?: readonly unknown[]
  readonly aggregations: object
  readonly having?: object
}

/** The query as URL text, `?` included; empty when it asks for nothing. */
export function queryString({ where, orderBy = [], select = [], expand = {}, ...rest }: WireQuery = {}): string {
  // Undefined, which conditional queries leave behind, counts as absent.
  const sort = [orderBy].flat().flatMap((item) => Object.entries(item).filter(([, direction]) => direction))
  const relations = Object.entries(expand).filter(([, query]) => query)
  const parameters = {
    filter: where,
    sort:
      isPlain(sort.map(([field]) => field)) && sort.every(([, direction]) => typeof direction === 'string')
        ? sort.map(([field, direction]) => (direction === 'desc' ? '-' : '') + field)
        : JSON.stringify(sort.map(([field, order]) => ({ [field]: order }))),
    fields: isPlain(select) ? select : JSON.stringify(select),
    expand: relations.every(([field, query]) => query === true && isPlain([field])) ? relations.map(([field]) => field) : expand,
    ...rest,
  }
  let text = ''
  for (const [name, value] of Object.entries(parameters)) {
    const plain = typeof value === 'object' && !Array.isArray(value) ? JSON.stringify(value) : String(value ?? '')
    const encoded = encodeURIComponent(plain)
    if (encoded || (name === 'cursor' && value === '')) text += `${text ? '&' : '?'}${name}=${encoded}`
  }
  return text
}

/** True for names that can stand in a comma-separated list. Others, which schemas may have too, travel as JSON. */
const isPlain = (names: readonly string[]): boolean => names.every((name) => /^\w+$/.test(name))
