import { type Fault, HttpProblem } from './problem.ts'
import type { AccountInput } from './validate-account.ts'

/** What the rule and the hooks of the generated server do, by hand. */
const NEXT: Readonly<Record<string, readonly string[]>> = {
  prospect: ['active', 'dormant'],
  active: ['prospect', 'dormant', 'lost'],
  dormant: ['prospect', 'active', 'lost'],
  lost: ['prospect', 'active', 'dormant'],
}

export function trimName(input: AccountInput): void {
  if (typeof input.name === 'string') input.name = input.name.trim()
}

export function upperCaseCountry(input: AccountInput): void {
  if (typeof input.country === 'string') input.country = input.country.toUpperCase()
}

const changes = new Map<string, number>()

export function countStatus(input: AccountInput): void {
  if (typeof input.status === 'string') changes.set(input.status, (changes.get(input.status) ?? 0) + 1)
}

/** @throws HttpProblem 422 */
export function checkTransition(before: string, after: string): void {
  if (before === after || NEXT[before]?.includes(after)) return
  const fault: Fault = { pointer: '/status', code: 'STATUS_FLOW', message: `An account does not go from ${before} to ${after}.` }
  throw new HttpProblem(422, 'VALIDATION_ERROR', fault.message, [fault])
}
