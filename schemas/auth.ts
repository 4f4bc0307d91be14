import { createHash } from 'node:crypto'
import type { Authenticate, RequestUser } from 'objectql/runtime'
import { ObjectQLError } from 'objectql/runtime'

/**
 * Who may sign in, by token: `SALTMARSH_TOKENS='{"a-long-secret":{"id":"usr-001","roles":["admin"]}}'`. Without it everybody is nobody in particular,
 * so that the sample can be tried without signing in.
 */
const userByHash = new Map(
  Object.entries(JSON.parse(process.env['SALTMARSH_TOKENS'] ?? '{}') as Readonly<Record<string, RequestUser>>).map(([token, user]) => [
    hashOf(token),
    user,
  ]),
)

/** Requests carry `Authorization: Bearer <token>`. Whoever sends none is nobody in particular; a wrong one is refused. */
export const authenticate: Authenticate = (request) => {
  const authorization = request.header('authorization')
  if (authorization === undefined) return null
  const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
  const user = token === undefined ? undefined : userByHash.get(hashOf(token))
  if (user === undefined) throw new ObjectQLError(401, 'UNAUTHENTICATED', 'This token is not known. Sign in again.')
  return user
}

/** Looked up by their hashes, tokens cannot be guessed by how long a comparison takes. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
