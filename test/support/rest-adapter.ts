import type { ProtocolAdapter, ProtocolRecord } from '../../compiler/plugin-testing/index.ts'
import type { AnyApp } from '../../runtime-lite/app/app.ts'
import { serve } from '../../runtime-lite/rest/index.ts'

interface Problem {
  readonly status: number
  readonly code: string
  readonly errors?: readonly { readonly pointer?: string; readonly parameter?: string; readonly code: string }[]
}

class Refused extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.code)
    this.problem = problem
  }
}

/** REST over a connection, with nothing between it and the checks. */
export async function restAdapter(app: AnyApp): Promise<ProtocolAdapter> {
  const server = await serve(app as Parameters<typeof serve>[0], { port: 0 })
  async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(`${server.url}/api/${path}`, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Refused((await response.json()) as Problem)
    return response
  }
  const asked = async <Answer>(...request: Parameters<typeof ask>): Promise<Answer> => (await ask(...request)).json() as Promise<Answer>
  const at = (object: string, id: string): string => `${object}/${encodeURIComponent(id)}`
  const matching = (version: string | undefined): Record<string, string> => (version === undefined ? {} : { 'if-match': version })
  return {
    create: (object, values) => asked('POST', object, values),
    get: (object, id) => asked('GET', at(object, id)),
    update: (object, id, values, version) => asked('PATCH', at(object, id), values, matching(version)),
    delete: async (object, id, version) => void (await ask('DELETE', at(object, id), undefined, matching(version))),
    async list(object, { where, orderBy, limit, offset }) {
      const query = new URLSearchParams()
      if (where) query.set('filter', JSON.stringify(where))
      if (orderBy) query.set('$orderby', orderBy.map((order) => order.join(' ')).join(','))
      if (limit !== undefined) query.set('$top', String(limit))
      if (offset !== undefined) query.set('$skip', String(offset))
      return (await asked<{ items: readonly ProtocolRecord[] }>('GET', `${object}?${query}`)).items
    },
    count: async (object, { where }) => (await asked<{ count: number }>('POST', `${object}/count`, { where })).count,
    problemOf(error) {
      if (!(error instanceof Refused)) return undefined
      const { status, code, errors = [] } = error.problem
      return { status, code, issues: errors.map((issue) => ({ pointer: issue.pointer ?? String(issue.parameter), code: issue.code })) }
    },
    version: async (object, id) => String((await ask('GET', at(object, id))).headers.get('etag')),
    act: (object, id, action, params) => asked('POST', `${id === undefined ? object : at(object, id)}/actions/${action}`, params),
    close: () => server.close(),
  }
}
