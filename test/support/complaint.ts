import type { HostileRequest } from './hostile.ts'
import type { Answer } from './running-app.ts'

/** What is wrong with an answer to any request, whatever was asked; undefined when nothing is. */
export function complaint({ method, target }: HostileRequest, { status, headers, text, json }: Answer): string | undefined {
  if (status >= 500) return `status ${status}`
  if (text.length > 2_000_000) return `an answer of ${text.length} characters`
  if (status === 204 || status === 304) return text === '' ? undefined : 'a body where none may be'
  if (status >= 400) {
    if (headers.get('content-type') !== 'application/problem+json') return 'no problem document'
    const { type, title, detail, code, errors = [] } = json
    const isWhole =
      type === 'about:blank' && json.status === status && [title, detail, code].every((one) => typeof one === 'string' && one !== '')
    if (!isWhole || detail.length > 500) return 'an incomplete problem document'
    if (
      !Array.isArray(errors) ||
      errors.some((error) => typeof error.message !== 'string' || typeof (error.pointer ?? error.parameter) !== 'string')
    )
      return 'an error without a place'
    if (status === 405 && !headers.has('allow')) return '405 without Allow'
    return undefined
  }
  if (headers.get('content-type')?.includes('json') && typeof json !== 'object') return 'no JSON object'
  const isList = method === 'GET' && /^\/api\/(account|user|task|log)\/?(\?|$)/.test(target)
  return isList && !Array.isArray(json?.items) ? 'a list without items' : undefined
}
