import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Nothing but node:http: the same 204 to everything. What routing costs is measured against it. */
const server = createServer((_req, res) => {
  res.writeHead(204, { Allow: 'GET, HEAD, POST, OPTIONS' })
  res.end()
})
server.listen(0, '127.0.0.1', () => console.log(`listening ${(server.address() as AddressInfo).port}`))
process.on('SIGTERM', () => process.exit(0))
