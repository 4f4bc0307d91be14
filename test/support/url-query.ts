import type { ObjectQLError, ProblemEntry } from '../../runtime-lite/problem/problem.ts'
import { type ParsedUrl, parseUrlQuery } from '../../runtime-lite/query/parse-url-query.ts'
import type { QueryLimits } from '../../runtime-lite/query/parse-where.ts'
import { scanUrl } from '../../runtime-lite/query/scan-url.ts'

export const LIMITS: QueryLimits = { maxFilterDepth: 4, maxExpandDepth: 3, maxPageSize: 1000, defaultPageSize: 50 }

/** The query a URL's query string says. */
export const parsedUrl = (text: string, limits: QueryLimits = LIMITS): ParsedUrl => parseUrlQuery(scanUrl(text, 0), limits)

/** What a refused call reports: status, code, message and the first place. */
export function refusal(call: () => unknown): { status: number; code: string; message: string; at?: ProblemEntry } {
  try {
    call()
  } catch (error) {
    const { status, code, message, errors } = error as ObjectQLError
    return { status, code, message, ...(errors?.[0] ? { at: errors[0] } : {}) }
  }
  throw new Error('Nothing was refused.')
}
