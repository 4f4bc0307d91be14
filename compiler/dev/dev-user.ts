import { type AnyApp, coreOf } from '../../runtime-lite/app/app.ts'
import { type AuthenticationRequest, createAuthenticator } from '../../runtime-lite/context/authenticator.ts'
import type { RequestUser } from '../../runtime-lite/context/request-context.ts'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { header } from '../../runtime-lite/rest/request.ts'
import { DEV_USER_HEADER } from './local-request.ts'

/**
 * Lets requests with the header `X-Dev-User` be those of the user it names: `{"id":"ada","roles":["sales"]}`, or `ada` alone. Others are answered as
 * without it. For development: the header proves nothing.
 */
export function admitDevUsers(app: AnyApp): void {
  const core = coreOf(app)
  const configured = core.authenticator
  const byHeader = createAuthenticator(devUser, app)
  core.authenticator = (request, work, refuse) => {
    if (header(request, DEV_USER_HEADER) !== undefined) byHeader(request, work, refuse)
    else if (configured) configured(request, work, refuse)
    else work()
  }
}

/** @throws ObjectQLError 400 for a header that names nobody. */
export function devUser(request: Pick<AuthenticationRequest, 'header'>): RequestUser {
  const text = utf8(request.header(DEV_USER_HEADER) ?? '').trim()
  const user = text.startsWith('{') ? parsed(text) : { id: text }
  if (typeof user?.id !== 'string' || user.id === '')
    throw new ObjectQLError(400, 'INVALID_REQUEST', 'X-Dev-User is an id, or JSON such as {"id":"ada","roles":["sales"]}.')
  return user as RequestUser
}

function parsed(text: string): { readonly id?: unknown } | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Node reads a byte as a character; what tools send is UTF-8. */
function utf8(text: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}
