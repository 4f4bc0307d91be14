import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PREFIX, readJson, readListQuery, sendJson, sendProblem, sendRecord } from './http.ts'
import { SQLITE } from './parse-filter.ts'
import { HttpProblem } from './problem.ts'
import { openStore } from './store.ts'
import { type AccountInput, validateAccount } from './validate-account.ts'

/**
 * The baseline: what a careful engineer writes by hand for one object. No framework, prepared statements, hand validation, row
 * objects, JSON.stringify, keep-alive. Same routes, answers, database file and settings as the generated server.
 *
 *     node bench/raw/server.ts accounts.db 3000
 */
const [file = ':memory:', port = '0'] = process.argv.slice(2)
const store = openStore(file)

const server = createServer((req, res) => {
  handle(req, res).catch((error: unknown) => {
    if (error instanceof HttpProblem) return sendProblem(res, error)
    console.error(error)
    sendProblem(res, new HttpProblem(500, 'INTERNAL_ERROR', 'Something went wrong on our side.'))
  })
})

async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://localhost')
  if (url.pathname === PREFIX) {
    if (req.method === 'GET') return sendJson(res, 200, { items: store.list(readListQuery(url.searchParams, SQLITE)) })
    if (req.method === 'POST') return create(req, res)
    throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', `${req.method} is not possible here.`)
  }
  if (url.pathname.startsWith(`${PREFIX}/`)) {
    const id = decodeURIComponent(url.pathname.slice(PREFIX.length + 1))
    if (req.method === 'GET') return sendRecord(res, 200, store.get(id), id)
    if (req.method === 'PATCH') return update(req, res, id)
    throw new HttpProblem(405, 'METHOD_NOT_ALLOWED', `${req.method} is not possible here.`)
  }
  throw new HttpProblem(404, 'NOT_FOUND', `Nothing is at ${url.pathname}.`)
}

async function create(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await readJson(req)
  const faults = validateAccount(body, true)
  if (faults.length > 0) throw new HttpProblem(422, 'VALIDATION_ERROR', `${faults.length} values are not valid.`, faults)
  const created = writing(() => store.create(body as AccountInput))
  sendRecord(res, 201, created, created.account.id)
}

async function update(req: IncomingMessage, res: ServerResponse, id: string): Promise<void> {
  const body = await readJson(req)
  const faults = validateAccount(body, false)
  if (faults.length > 0) throw new HttpProblem(422, 'VALIDATION_ERROR', `${faults.length} values are not valid.`, faults)
  sendRecord(
    res,
    200,
    writing(() => store.update(id, body as AccountInput)),
    id,
  )
}

/** An owner that does not exist is the client's mistake, not ours. */
function writing<Result>(write: () => Result): Result {
  try {
    return write()
  } catch (error) {
    if (!String(error).includes('FOREIGN KEY')) throw error
    const fault = { pointer: '/owner', code: 'reference', message: 'No such user.' }
    throw new HttpProblem(422, 'VALIDATION_ERROR', fault.message, [fault])
  }
}

server.listen(Number(port), '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`))

process.on('SIGTERM', () => {
  server.close(() => {
    store.close()
    process.exit(0)
  })
  server.closeIdleConnections()
})
