import { connect, createServer, type Socket } from 'node:net'

/** What a client said to a database server, by round trips: the statements it sent before it waited for an answer. */
export interface WireLog {
  readonly port: number
  /** The round trips of all connections while `work` ran. A statement that was prepared before counts by its text. */
  of(work: () => Promise<unknown>): Promise<readonly (readonly string[])[]>
  /** Called with each statement before it is passed on; true: the connection is cut in its place. */
  cutAt: ((sql: string) => boolean) | undefined
  close(): Promise<void>
}

type Protocol = 'postgres' | 'mysql'

/** A proxy in front of a server that writes down what passes. */
export async function wireLog(protocol: Protocol, target: number): Promise<WireLog> {
  let trips: string[][] = []
  const sockets = new Set<Socket>()
  const log = { cutAt: undefined as WireLog['cutAt'] }
  const listener = createServer((client) => {
    const server = connect(target, '127.0.0.1')
    const reader = protocol === 'postgres' ? postgresReader() : mysqlReader()
    let trip: string[] | undefined
    const end = (): void => {
      for (const socket of [client, server]) {
        sockets.delete(socket)
        socket.destroy()
      }
    }
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.setNoDelay(true)
      socket.on('error', end).on('close', end)
    }
    client.on('data', (bytes) => {
      const said = reader.toServer(bytes)
      if (said.length > 0 && !trip) {
        trip = []
        trips.push(trip)
      }
      trip?.push(...said)
      if (said.some((sql) => log.cutAt?.(sql) === true)) end()
      else server.write(bytes)
    })
    server.on('data', (bytes) => {
      trip = undefined
      reader.toClient(bytes)
      client.write(bytes)
    })
  })
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  return Object.assign(log, {
    port: (listener.address() as { readonly port: number }).port,
    async of(work: () => Promise<unknown>) {
      trips = []
      await work()
      return trips
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => listener.close(resolve))
    },
  })
}

interface Reader {
  /** Statements that are executed. */
  toServer(bytes: Buffer): readonly string[]
  toClient(bytes: Buffer): void
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
function postgresReader(): Reader {
  let rest: Buffer = Buffer.alloc(0)
  let isStarted = false
  let bound = ''
  const sqlByName = new Map<string, string>()
  const textAt = (body: Buffer, from: number): string => body.toString('utf8', from, body.indexOf(0, from))
  return {
    toServer(bytes) {
      rest = Buffer.concat([rest, bytes])
      const said: string[] = []
      for (;;) {
        const start = isStarted ? 1 : 0
        if (rest.length < start + 4) return said
        const size = start + rest.readUInt32BE(start)
        if (rest.length < size) return said
        const body = rest.subarray(start + 4, size)
        const type = isStarted ? String.fromCharCode(rest[0] as number) : ''
        rest = rest.subarray(size)
        isStarted = true
        if (type === 'Q') said.push(textAt(body, 0))
        else if (type === 'P') {
          const name = textAt(body, 0)
          sqlByName.set(name, textAt(body, Buffer.byteLength(name) + 1))
        } else if (type === 'B') bound = sqlByName.get(textAt(body, body.indexOf(0) + 1)) ?? '?'
        else if (type === 'E') said.push(bound)
      }
    },
    toClient() {},
  }
}

const [QUERY, PREPARE, EXECUTE] = [0x03, 0x16, 0x17]

/** https://mariadb.com/docs/server/reference/clientserver-protocol. Packets of these tests are shorter than 16 MB. */
function mysqlReader(): Reader {
  let rest: Buffer = Buffer.alloc(0)
  let preparing: string | undefined
  const sqlById = new Map<number, string>()
  return {
    toServer(bytes) {
      rest = Buffer.concat([rest, bytes])
      const said: string[] = []
      while (rest.length >= 4) {
        const size = 4 + rest.readUIntLE(0, 3)
        if (rest.length < size) return said
        const [isCommand, body] = [rest[3] === 0, rest.subarray(4, size)]
        rest = rest.subarray(size)
        if (!isCommand) continue
        if (body[0] === QUERY) said.push(body.toString('utf8', 1))
        else if (body[0] === PREPARE) preparing = body.toString('utf8', 1)
        else if (body[0] === EXECUTE) said.push(sqlById.get(body.readUInt32LE(1)) ?? '?')
      }
      return said
    },
    toClient(bytes) {
      if (preparing === undefined) return
      if (bytes[4] === 0) sqlById.set(bytes.readUInt32LE(5), preparing)
      preparing = undefined
    },
  }
}
