import type * as pg from 'pg'
import type { Pg } from './load-pg.ts'

/** What this module uses of pg's client and connection besides their types. */
interface Addressed {
  readonly host: string
  readonly port: number
  readonly ssl: unknown
  readonly sslNegotiation: string
  readonly processID: number | null
  readonly secretKey: number | null
}

interface Cancelling {
  readonly stream: { destroy(): void }
  on(event: 'connect' | 'sslconnect' | 'end' | 'error', listener: () => void): void
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
}

/** Milliseconds after which the request is taken for lost. */
const PATIENCE = 2000

/**
 * Sends the protocol's cancel request for what a client is doing: unlike `pg_cancel_backend` it needs no free connection and goes through
 * PgBouncer. Resolves when the server has read it, or when it could not be sent.
 */
export function cancelRequest(driver: Pg, client: pg.Client): Promise<void> {
  const { host, port, ssl, sslNegotiation, processID, secretKey } = client as unknown as Addressed
  if (processID === null || secretKey === null) return Promise.resolve()
  const wire = new driver.Connection({ ssl, sslNegotiation } as pg.ConnectionConfig) as unknown as Cancelling
  return new Promise((resolve) => {
    const timer = setTimeout(done, PATIENCE)
    function done(): void {
      clearTimeout(timer)
      wire.stream.destroy()
      resolve()
    }
    const send = (): void => wire.cancel(processID, secretKey)
    wire.on('connect', () => {
      if (!ssl) send()
      else if (sslNegotiation !== 'direct') wire.requestSsl()
    })
    wire.on('sslconnect', send)
    wire.on('error', done)
    // The server answers by closing.
    wire.on('end', done)
    if (host.startsWith('/')) wire.connect(`${host}/.s.PGSQL.${port}`)
    else wire.connect(port, host)
  })
}
