/**
 * The path that the application routes by: without the origin that proxies send (`GET http://host/api/…`) and with escapes resolved, so that `/api/%63ustomer`
 * belongs to the same class as `/api/customer`.
 */
export function requestPath(path: string): string {
  const plain = path.replace(/^https?:\/\/[^/?#]*/i, '')
  try {
    return decodeURIComponent(plain)
  } catch {
    return plain
  }
}

/** The path itself or one below it: `/api/public` has `/api/public/1` below it, not `/api/publications`. */
export const isBelow = (path: string, start: string): boolean =>
  path.startsWith(start) && (start.endsWith('/') || path.length === start.length || path[start.length] === '/')
