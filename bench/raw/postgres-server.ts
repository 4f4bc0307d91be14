import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PREFIX, readJson, readListQuery, sendJson, sendProblem, sendRecord } from './http.ts'
import { POSTGRES } from './parse-filter.ts'
import { openPostgresStore } from './postgres-store.ts'
import { HttpProblem } from './problem.ts'
import { type AccountInput, validateAccount } from './validate-account.ts'

/**
 * The baseline on PostgreSQL: what a careful engineer writes by hand over `pg`. A pool of ten connections, named statements, hand validation, row
 * objects, JSON.stringify. Same routes and answers as the generated server.
 *
 *     node bench/raw/postgres-server.ts postgres://127.0.0.1/bench 3000
 */
const [url = '', port = '0'] = process.argv.slice(2)
const store = openPostgresStore(url)

const server = createServer((req, res) => {
  handle(req, res).catch((error: unknown) => {
    if (error instanceof HttpProblem) return sendProblem(res, error)
    console.error(error)
    sendProblem(res, new HttpProblem(500, 'INTERNAL_ERROR', 'Something went wrong on our side.'))
  })
})

async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost')
  if (pathname === PREFIX) {
    if (req.method === 'GET') return sendJson(res, 200, { items: await store.list(readListQuery(searchParams, POSTGRES)) })
    if (req.method === 'POST') {
      const input = await validInput(req, true)
      const created = await writing(store.create(input))
      return sendRecord(res, 201, created, created.account.id)
    }
    throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', `${req.method} is not possible here.`)
  }
  if (pathname.startsWith(`${PREFIX}/`)) {
    const id = decodeURIComponent(pathname.slice(PREFIX.length + 1))
    if (req.method === 'GET') return sendRecord(res, 200, await store.get(id), id)
    if (req.method === 'PATCH') return sendRecord(res, 200, await writing(store.update(id, await validInput(req, false))), id)
    throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', `${req.method} is not possible here.`)
  }
  throw new HttpProblem(404, 'NOT_FOUND', `Nothing is at ${pathname}.`)
}

async function validInput(req: IncomingMessage, isCreate: boolean): Promise<AccountInput> {
  const body = await readJson(req)
  const faults = validateAccount(body, isCreate)
  if (faults.length > 0) throw new HttpProblem(422, 'VALIDATION_ERROR', `${faults.length} values are not valid.`, faults)
  return body as AccountInput
}

const FOREIGN_KEY_VIOLATION = '23503'

/** An owner that does not exist is the client's mistake, not ours. */
async function writing<Result>(written: Promise<Result>): Promise<Result> {
  try {
    return await written
  } catch (error) {
    if ((error as { readonly code?: string }).code !== FOREIGN_KEY_VIOLATION) throw error
    const fault = { pointer: '/owner', code: 'reference', message: 'No such user.' }
    throw new HttpProblem(422, 'VALIDATION_ERROR', fault.message, [fault])
  }
}

server.listen(Number(port), '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`))

process.on('SIGTERM', () => {
  server.close(() => {
    store.close().then(() => process.exit(0))
  })
  server.closeIdleConnections()
})
