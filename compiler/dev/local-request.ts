import type { IncomingMessage } from 'node:http'

/** Says in development who sends a request. */
export const DEV_USER_HEADER = 'x-dev-user'

/**
 * True for a request of this very machine: from a loopback address, to a name of this machine, and not passed on. A page of somebody else's that a
 * browser was led to by a name of theirs, and what a tunnel or a proxy passes on, come from a loopback address too.
 */
export function isLocalRequest({
  socket,
  headers,
}: Pick<IncomingMessage, 'headers'> & { readonly socket: { readonly remoteAddress?: string | undefined } }): boolean {
  if (!LOOPBACK.test(socket.remoteAddress ?? '')) return false
  if (PASSED_ON.some((name) => headers[name] !== undefined)) return false
  return LOCAL_NAME.test(headers.host ?? '')
}

const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/
const LOCAL_NAME = /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/i
const PASSED_ON = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']
