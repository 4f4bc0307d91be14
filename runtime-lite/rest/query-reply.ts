import { ObjectQLError } from '../problem/problem.ts'
import { respelled } from '../query/parse/respelled.ts'
import type { BulkRequest } from './bulk-request.ts'
import { countedReply, linked, pageReply, readReply } from './list-reply.ts'
import { jsonReply, type Routed } from './reply.ts'
import type { ServerRequest } from './request.ts'

/** Where in a list: the names that documents have for it, the one of links first. */
const PAGING = {
  cursor: ['cursor'],
  offset: ['offset', 'skip', '$skip'],
  limit: ['limit', 'top', '$top'],
} as const

type Page = { readonly [Name in keyof typeof PAGING]?: string | number }

/** `?cursor=…` or `?offset=…&limit=…` behind `/query`: the same document, another page. @throws ObjectQLError 400 for anything else */
export function pageOfUrl({ target }: ServerRequest, queryAt: number): Page | undefined {
  if (queryAt >= target.length - 1) return undefined
  const page: { -readonly [Name in keyof Page]: Page[Name] } = {}
  for (const [name, value] of new URLSearchParams(target.slice(queryAt + 1))) {
    if (name !== 'cursor' && name !== 'offset' && name !== 'limit')
      throw refused(name, `"${name.slice(0, 64)}" has no meaning in the URL of a query document: say it in the document.`)
    if (name === 'cursor') page.cursor = value
    else if (/^\d{1,10}$/.test(value)) page[name] = Number(value)
    else throw refused(name, `"${name}" must be a whole number.`)
  }
  return page
}

const refused = (parameter: string, message: string): ObjectQLError =>
  new ObjectQLError(400, 'INVALID_QUERY', message, [{ parameter, code: 'invalid_query', message }])

/** The document as if it had asked for that page itself. */
export function onPage(body: Readonly<Record<string, unknown>>, page: Page): Readonly<Record<string, unknown>> {
  const said = (Object.keys(PAGING) as (keyof Page)[]).filter((name) => page[name] !== undefined)
  const replaced = new Set<string>(said.flatMap((name) => PAGING[name]))
  return { ...Object.fromEntries(Object.entries(body).filter(([name]) => !replaced.has(name))), ...page }
}

/** A page of the records that a document asks for, with links where it names a place in the list. */
export function queryReply({ store, body, limits, path, wanted: { count, isStrict } }: BulkRequest): Routed {
  const isCounted = count !== undefined && body['count'] === undefined && body['$count'] === undefined
  const target = path + pageText(body)
  return countedReply({
    isCounted,
    applied: [...(isStrict ? ['handling=strict'] : []), ...(isCounted ? [`count=${count}`] : [])],
    row(counted) {
      const { query, values } = store.readQuery(counted ? { ...body, count: count === 'exact' ? 'exact' : 'estimated' } : body)
      return respelled(
        () => Object.keys(body),
        () => store.queries.ofClients.fromQuery('list', query, values),
      )
    },
    reply: (found) => (target === path ? pageReply(found) : linked(pageReply(found), target, limits)),
  })
}

/** The place that a document names, as its links name it: `?offset=20&limit=10`. */
function pageText(body: Readonly<Record<string, unknown>>): string {
  const said = (name: keyof Page): unknown => PAGING[name].map((spelled) => body[spelled]).find((value) => value !== undefined)
  const [cursor, offset, limit] = [said('cursor'), said('offset'), said('limit')]
  if (typeof cursor === 'string') return `?cursor=${encodeURIComponent(cursor)}`
  if (offset === undefined) return ''
  return `?offset=${String(offset)}${limit === undefined ? '' : `&limit=${String(limit)}`}`
}

/** How many records match a document: the same as GET, without limits of length. */
export function countOfDocument({ store, body }: BulkRequest): Routed {
  const { query, values } = store.readQuery(body)
  const row = respelled(
    () => Object.keys(body),
    () => store.queries.ofClients.fromQuery('count', query, values),
  )
  return readReply(row, (found) => jsonReply(200, `{"count":${String(found[0] ?? 0)}}`))
}
