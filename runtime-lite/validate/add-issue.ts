import type { Issue } from '../problem/issue.ts'

/** A hostile body of a megabyte can hold half a million wrong values: nobody reads that many, and the answer must stay small. */
export const MAX_ISSUES = 1000

export function addIssue(found: Issue[], pointer: string, code: Issue['code'], message: string): void {
  if (found.length < MAX_ISSUES) found.push({ pointer, code, message })
}

/** One reference token of a JSON pointer (RFC 6901). */
export const escapeToken = (name: string): string =>
  name.includes('~') || name.includes('/') ? name.replaceAll('~', '~0').replaceAll('/', '~1') : name

/** `1 character`, `2 characters`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
