import { ObjectQLError } from '../problem/problem.ts'
import { header, type ServerRequest } from './request.ts'

/** A piece of the path, decoded. @throws ObjectQLError 400 for invalid percent-encoding. */
export function decoded(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    throw new ObjectQLError(400, 'INVALID_REQUEST', 'The path is not valid percent-encoded UTF-8.')
  }
}

/** @throws ObjectQLError 406 when the client accepts no JSON. */
export function requireJson(request: ServerRequest): void {
  const accept = header(request, 'accept')
  if (accept === undefined || accept === '*/*' || accept.includes('application/json')) return
  if (accept === '' || accept.includes('*/*') || accept.includes('application/*') || accept.includes('+json')) return
  throw new ObjectQLError(406, 'NOT_ACCEPTABLE', 'This resource is available as application/json only.')
}
