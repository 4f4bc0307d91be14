import { connect, type Socket } from 'node:net'

/** A connection that a test writes bytes to and reads answers from. */
export interface RawConnection {
  readonly socket: Socket
  write(text: string): void
  /** Everything received so far. */
  readonly received: string
  /** Resolves once what was received matches. @throws after ten seconds. */
  until(pattern: RegExp | 'closed'): Promise<string>
}

export function rawConnection(port: number): Promise<RawConnection> {
  return new Promise((resolve, reject) => {
    let received = ''
    let isClosed = false
    const waiting = new Set<() => void>()
    const wake = (): void => {
      for (const check of waiting) check()
    }
    const socket = connect(port, '127.0.0.1', () =>
      resolve({
        socket,
        write: (text) => socket.write(text, 'latin1'),
        get received() {
          return received
        },
        until: (pattern) =>
          new Promise((done, fail) => {
            const timer = setTimeout(
              () => fail(new Error(`Waited for ${pattern}, received ${JSON.stringify(received.slice(-500))}`)),
              10_000,
            )
            const check = (): void => {
              if (pattern === 'closed' ? !isClosed : !pattern.test(received)) return
              clearTimeout(timer)
              waiting.delete(check)
              done(received)
            }
            waiting.add(check)
            check()
          }),
      }),
    )
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      received += text
      wake()
    })
    socket.on('error', reject)
    socket.on('close', () => {
      isClosed = true
      wake()
    })
  })
}

/** How many answers with that status came over a connection. */
export const countOf = (received: string, status: number): number => received.split(`HTTP/1.1 ${status} `).length - 1
