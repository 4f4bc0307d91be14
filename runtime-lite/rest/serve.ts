import type { AddressInfo } from 'node:net'
import { type AnyApp, coreOf } from '../app/app.ts'
import { createNodeServer } from './node-listener.ts'

export interface ServeOptions {
  /** TCP port; 0 picks a free one. Default 3000. */
  readonly port?: number
  /** Address to listen on. Default '127.0.0.1'. */
  readonly host?: string
  /** Close gracefully on SIGTERM and SIGINT and exit with 0. Default false. */
  readonly handleSignals?: boolean
}

export interface RunningServer {
  /** `http://host:port`. */
  readonly url: string
  readonly port: number
  /** Not ready, no new connections, running requests finish (at most `shutdownTimeoutMs`), database closed. */
  close(): Promise<void>
}

/**
 * Serves an application over REST.
 * @throws Error when the port is taken.
 */
export async function serve(
  app: AnyApp,
  { port = 3000, host = '127.0.0.1', handleSignals = false }: ServeOptions = {},
): Promise<RunningServer> {
  const core = coreOf(app)
  const server = createNodeServer(core)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= new Promise((resolve, reject) => {
      core.isReady = false
      const timer = setTimeout(() => server.closeAllConnections(), core.manifest.api.shutdownTimeoutMs)
      server.close(() => {
        clearTimeout(timer)
        app.close().then(resolve, reject)
      })
      server.closeIdleConnections()
    })
    return closing
  }
  if (handleSignals)
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.once(signal, () => {
        close().then(
          () => process.exit(0),
          (error: unknown) => {
            console.error(error)
            process.exit(1)
          },
        )
      })
  const { port: actual } = server.address() as AddressInfo
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`, port: actual, close }
}
