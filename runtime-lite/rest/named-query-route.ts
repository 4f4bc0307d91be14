import type { ObjectStore } from '../object/object-store.ts'
import { ObjectQLError, queryError } from '../problem/problem.ts'
import { isPlainObject } from '../validate/plain-object.ts'
import { jsonBody } from './body.ts'
import { pageReply, readReply } from './list-reply.ts'
import type { Routed } from './reply.ts'
import type { ServerRequest } from './request.ts'
import { allow, noQuery, otherMethod, type Route } from './route-methods.ts'

const NAMED_QUERY: Route = { GET: ['list'], POST: ['list'] }

/** `/api/<object>/queries/<name>`: parameters in the URL, or as a JSON object in the body of a POST. */
export function namedQueryRoute(store: ObjectStore, request: ServerRequest, name: string, queryAt: number): Routed {
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      allow(store, 'GET', NAMED_QUERY)
      return readReply(store.queries.fromName(name, urlParameters(request.target.slice(queryAt + 1)), true), pageReply)
    case 'POST': {
      allow(store, 'POST', NAMED_QUERY)
      noQuery(request, queryAt)
      const body = jsonBody(request)
      if (!isPlainObject(body)) throw new ObjectQLError(400, 'INVALID_REQUEST', 'The request body is an object with the parameters.')
      return readReply(store.queries.fromName(name, body), pageReply)
    }
    default:
      return otherMethod(store, request, NAMED_QUERY)
  }
}

/** A list may be given item by item: `ids=a&ids=b`. */
function urlParameters(text: string): Readonly<Record<string, string | readonly string[]>> {
  const given = new Map<string, string | readonly string[]>()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const end = pair.indexOf('=')
    const name = decodedPart(end < 0 ? pair : pair.slice(0, end))
    const value = end < 0 ? '' : decodedPart(pair.slice(end + 1))
    const before = given.get(name)
    given.set(name, before === undefined ? value : [before, value].flat())
  }
  return Object.fromEntries(given)
}

function decodedPart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw queryError('INVALID_QUERY', 'query', 'The query string is not a valid URL.')
  }
}
