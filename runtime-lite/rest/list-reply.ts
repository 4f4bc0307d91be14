import type { ApiLimits } from '../app/app-manifest.ts'
import type { ObjectStore } from '../object/object-store.ts'
import type { Row } from '../object/query-store.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { respelled, urlNames } from '../query/parse/respelled.ts'
import { preferences } from './prefer.ts'
import { jsonReply, type Reply, ROUTE_AGAIN, type Routed } from './reply.ts'
import { header, type ServerRequest } from './request.ts'

const COUNT = /[?&](?:\$|%24)?count=/i
const CURSOR = /([?&]cursor=)[^&]*/
const OFFSET = /([?&](?:(?:\$|%24)?skip|offset)=)(\d{1,9})(?=&|$)/i
const LIMIT = /[?&](?:(?:\$|%24)?top|limit)=(\d{1,9})(?=&|$)/i

/** A list as the client prefers it (`Prefer: count=…`), with links to other pages where the request names one. */
export function listReply(store: ObjectStore, request: ServerRequest, queryAt: number, limits: ApiLimits): Routed {
  const { target } = request
  const names = (): readonly string[] => urlNames(target, queryAt + 1)
  const isPage = target.includes('cursor=') || target.includes('skip=') || target.includes('offset=')
  if (header(request, 'prefer') === undefined) {
    const row = respelled(names, () => store.queries.ofClients.fromUrl('list', target, queryAt + 1))
    return readReply(row, isPage ? (found) => linked(pageReply(found), target, limits) : pageReply)
  }
  const { count, isStrict } = preferences(request)
  const isCounted = count !== undefined && !COUNT.test(target)
  const asked = isCounted ? `${target}${queryAt < target.length ? '&' : '?'}count=${count === 'exact' ? 'exact' : 'estimated'}` : target
  const applied = [...(isStrict ? ['handling=strict'] : []), ...(isCounted ? [`count=${count}`] : [])]
  return countedReply({
    isCounted,
    applied,
    row: (counted) => respelled(names, () => store.queries.ofClients.fromUrl('list', counted ? asked : target, queryAt + 1)),
    reply: (found) => (isPage ? linked(pageReply(found), target, limits) : pageReply(found)),
  })
}

/** A list that a preference may want counted. */
export interface CountedList {
  readonly isCounted: boolean
  /** For Preference-Applied. */
  readonly applied: readonly string[]
  readonly row: (counted: boolean) => Row | Promise<Row | undefined>
  readonly reply: (row: Row) => Reply
}

/** With `api.lockdown` a list may be allowed only as it stands: then what was preferred is not applied, as preferences may be. */
export function countedReply({ isCounted, applied, row, reply }: CountedList): Routed {
  try {
    return appliedReply(row(isCounted), applied, reply)
  } catch (error) {
    if (!isCounted || !(error instanceof ObjectQLError) || error.code !== 'QUERY_NOT_ALLOWED') throw error
    return appliedReply(
      row(false),
      applied.filter((one) => !one.startsWith('count=')),
      reply,
    )
  }
}

const appliedReply = (row: Row | Promise<Row | undefined>, applied: readonly string[], reply: (row: Row) => Reply): Routed =>
  readReply(row, (found) => {
    const made = reply(found)
    if (applied.length > 0) made.headers.push('preference-applied', applied.join(', '))
    return made
  })

/** The JSON of a page. */
export const pageReply = (row: Row): Reply => jsonReply(200, row[0] as string | Uint8Array)

/** A row that is there, one that a database promises, or plans that had to be loaded first. */
export function readReply(row: Row | Promise<Row | undefined>, reply: (row: Row) => Reply): Routed {
  return row instanceof Promise ? row.then((found) => (found === undefined ? ROUTE_AGAIN : reply(found))) : reply(row)
}

/** RFC 8288. What is known without another look at the records: a page by offset that is not empty has a next one, unless the total says otherwise. */
export function linked(reply: Reply, target: string, limits: ApiLimits): Reply {
  const links = CURSOR.test(target) ? cursorLinks(reply, target) : offsetLinks(reply, target, limits)
  if (links.length > 0) reply.headers.push('link', links.map(([relation, url]) => `<${safe(url)}>; rel="${relation}"`).join(', '))
  return reply
}

type Link = readonly [relation: 'first' | 'prev' | 'next', url: string]

function cursorLinks({ body }: Reply, target: string): readonly Link[] {
  const to = (cursor: string): string => target.replace(CURSOR, (_, name: string) => `${name}${cursor}`)
  const next = typeof body === 'string' ? /,"next_cursor":"([^"]+)"\}$/.exec(body)?.[1] : undefined
  return [['first', to('')], ...(next === undefined ? [] : [['next', to(encodeURIComponent(next))] as const])]
}

function offsetLinks({ body }: Reply, target: string, { defaultPageSize, maxPageSize }: ApiLimits): readonly Link[] {
  const offset = OFFSET.exec(target)?.[2]
  const size = Math.min(Number(LIMIT.exec(target)?.[1] ?? defaultPageSize), maxPageSize)
  if (offset === undefined || size === 0) return []
  const at = Number(offset)
  const to = (position: number): string => target.replace(OFFSET, (_, name: string) => `${name}${position}`)
  const links: Link[] = [['first', to(0)]]
  if (at > 0) links.push(['prev', to(Math.max(0, at - size))])
  const [start, end] = edges(body)
  const total = /\],"total":(\d+)\}$/.exec(end)?.[1]
  if (total === undefined ? !start.startsWith('{"items":[]') : at + size < Number(total)) links.push(['next', to(at + size)])
  return links
}

/** Enough of both ends of a page to see whether it is empty and what its total is. */
function edges(body: Reply['body']): readonly [string, string] {
  if (body === undefined) return ['', '']
  if (typeof body === 'string') return [body.slice(0, 16), body.slice(-40)]
  const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes)
  return [text(body.subarray(0, 16)), text(body.subarray(-40))]
}

/** Characters that would end the reference, or that headers may not hold. Targets come as bytes. */
const safe = (url: string): string =>
  url.replace(/[^!#-;=?-~]/g, (character) => `%${(character.charCodeAt(0) & 255).toString(16).padStart(2, '0').toUpperCase()}`)
