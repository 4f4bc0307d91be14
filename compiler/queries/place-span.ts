import type { NamedQueryIr } from '../ir/object.ts'
import type { Span } from '../source/span.ts'

/** What binding calls the parts of a query that do not say where they stand. */
const PARTS: Readonly<Record<string, string>> = {
  $filter: 'where',
  $orderby: 'orderBy',
  $top: 'limit',
  $skip: 'offset',
  $select: 'select',
  $expand: 'expand',
  $count: 'count',
  aggregate: 'aggregations',
}

/** Where a place that a refusal names (`where.$or[1].amount`) stands in the schema: itself, or the nearest thing around it. */
export function placeSpan({ spans, span }: Pick<NamedQueryIr, 'spans' | 'span'>, place: string): Span {
  const wanted = PARTS[place] ?? place
  let best: { readonly length: number; readonly span: Span } | undefined
  for (const [pointer, found] of Object.entries(spans)) {
    const text = placeOf(pointer)
    const isAround = wanted === text || (wanted.startsWith(text) && /^[.[]/.test(wanted.slice(text.length)))
    if (isAround && (best === undefined || text.length > best.length)) best = { length: text.length, span: found }
  }
  return best?.span ?? span
}

/** `/where/$or/1/amount` as parsers write it. */
function placeOf(pointer: string): string {
  const keys = pointer.slice(1).split('/')
  return keys.reduce((place, key) => {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~')
    return /^\d+$/.test(name) ? `${place}[${name}]` : place === '' ? name : `${place}.${name}`
  }, '')
}
