import type { Issue } from '../../runtime-lite/problem/issue.ts'
import { ObjectQLError, type ProblemCode, validationError } from '../../runtime-lite/problem/problem.ts'

/**
 * Refuses what is being written, at one field: `throw invalid('email', 'This address bounced.')`. Clients see 422 with a pointer to the field.
 */
export const invalid = (field: string, message: string, code = 'invalid'): ObjectQLError =>
  validationError([{ pointer: `/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`, code, message } as Issue])

/** Any other answer: `throw refusal(403, 'FORBIDDEN', 'Ask your manager.')`. */
export const refusal = (status: number, code: ProblemCode, detail: string): ObjectQLError => new ObjectQLError(status, code, detail)
