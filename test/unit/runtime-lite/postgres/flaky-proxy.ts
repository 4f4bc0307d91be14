import { connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy whose network can be cut: what databases look like while they restart, and networks while they fail. */
export interface FlakyProxy {
  readonly port: number
  /** Connections that were let through so far. */
  readonly accepted: () => number
  /** Drops all connections and refuses new ones. */
  cut(): Promise<void>
  /** Keeps connections, but passes nothing on any more. */
  freeze(): void
  /** Passes nothing back any more: the server hears everything, the client nothing. */
  mute(): void
  restore(): Promise<void>
  close(): Promise<void>
}

export async function flakyProxy(host: string, target = 5432): Promise<FlakyProxy> {
  const pairs = new Set<{ readonly client: Socket; readonly server: Socket }>()
  let accepted = 0
  let listener: Server | undefined
  let port = 0

  const listen = async (): Promise<void> => {
    const server = createServer((client) => {
      accepted++
      const upstream = connect(target, host)
      const pair = { client, server: upstream }
      pairs.add(pair)
      const end = (): void => {
        pairs.delete(pair)
        client.destroy()
        upstream.destroy()
      }
      for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
      client.pipe(upstream)
      upstream.pipe(client)
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as { readonly port: number }).port
    listener = server
  }
  const drop = (): void => {
    for (const { client, server } of [...pairs]) {
      client.destroy()
      server.destroy()
    }
  }
  const stop = async (): Promise<void> => {
    const server = listener
    listener = undefined
    drop()
    if (server) await new Promise((resolve) => server.close(resolve))
  }

  await listen()
  return {
    get port() {
      return port
    },
    accepted: () => accepted,
    cut: stop,
    freeze() {
      for (const { client, server } of pairs) {
        client.unpipe(server)
        server.unpipe(client)
      }
    },
    mute() {
      for (const { client, server } of pairs) {
        server.unpipe(client)
        server.resume()
      }
    },
    async restore() {
      drop()
      if (!listener) await listen()
    },
    close: stop,
  }
}
