import type { ObjectQLError, ProblemEntry } from '../../runtime-lite/problem/problem.ts'

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
