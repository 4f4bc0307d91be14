import { COLUMNS, INDUSTRIES, STATUSES } from './account.ts'
import type { Fault } from './problem.ts'

/** What a client may send. */
export interface AccountInput {
  name?: string
  code?: string
  status?: string
  industry?: string | null
  email?: string | null
  website?: string | null
  phone?: string | null
  city?: string | null
  country?: string | null
  notes?: string | null
  employees?: number | null
  annual_revenue?: number | null
  rating?: number | null
  discount?: number | null
  is_key?: boolean | null
  is_active?: boolean | null
  owner?: string | null
}

const WRITABLE = new Set<string>(COLUMNS.filter((name) => name !== 'created_at' && name !== 'updated_at' && name !== 'id'))
const CODE = /^[A-Z]{3}-[0-9]{6}$/
const EMAIL = /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/
const PHONE = /^\+?[0-9 ()./-]{3,40}$/

/** Everything wrong with a body, or an empty list. A create must have the required fields, an update may leave them out. */
export function validateAccount(body: unknown, isCreate: boolean): Fault[] {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return [{ pointer: '', code: 'type', message: 'An account must be an object.' }]
  const input = body as Record<string, unknown>
  const faults: Fault[] = []
  const report = (field: string, code: string, message: string): void => {
    faults.push({ pointer: `/${field}`, code, message })
  }

  for (const field of Object.keys(input)) {
    if (!WRITABLE.has(field)) report(field, 'unknown_field', `Account has no writable field "${field}".`)
  }

  const text = (field: string, isRequired: boolean, min: number, max: number): string | undefined => {
    const value = input[field]
    if (value === undefined || value === null) {
      if (isRequired && (isCreate || value === null)) report(field, 'required', `${field} is required.`)
      return undefined
    }
    if (typeof value !== 'string') report(field, 'type', `${field} must be text.`)
    else if (value.length < min) report(field, 'min_length', `${field} must have at least ${min} characters.`)
    else if (value.length > max) report(field, 'max_length', `${field} must have at most ${max} characters.`)
    else return value
    return undefined
  }
  const number = (field: string, min: number, max: number, decimals?: number): void => {
    const value = input[field]
    if (value === undefined || value === null) return
    if (typeof value !== 'number' || !Number.isFinite(value)) report(field, 'type', `${field} must be a number.`)
    else if (value < min) report(field, 'min', `${field} must be at least ${min}.`)
    else if (value > max) report(field, 'max', `${field} must be at most ${max}.`)
    else if (decimals !== undefined && Number(value.toFixed(decimals)) !== value)
      report(field, 'precision', `${field} must have at most ${decimals} decimals.`)
  }
  const option = (field: string, values: readonly string[]): void => {
    const value = input[field]
    if (value === undefined || value === null) return
    if (typeof value !== 'string' || !values.includes(value)) report(field, 'option', `${field} must be one of ${values.join(', ')}.`)
  }
  const boolean = (field: string): void => {
    const value = input[field]
    if (value !== undefined && value !== null && typeof value !== 'boolean') report(field, 'type', `${field} must be true or false.`)
  }

  text('name', true, 2, 120)
  const code = text('code', true, 0, 200)
  if (code !== undefined && !CODE.test(code)) report('code', 'pattern', 'code must look like ABC-123456.')
  if (input['status'] === null) report('status', 'required', 'status is required.')
  option('status', STATUSES)
  option('industry', INDUSTRIES)
  const email = text('email', false, 0, 254)
  if (email !== undefined && !EMAIL.test(email)) report('email', 'format', 'email must be an e-mail address.')
  const website = text('website', false, 0, 2048)
  if (website !== undefined && !URL.canParse(website)) report('website', 'format', 'website must be a web address.')
  const phone = text('phone', false, 0, 40)
  if (phone !== undefined && !PHONE.test(phone)) report('phone', 'format', 'phone must be a phone number.')
  text('city', false, 0, 80)
  text('country', false, 2, 2)
  text('notes', false, 0, 500)
  number('employees', 0, 1_000_000, 0)
  number('annual_revenue', 0, Number.MAX_VALUE, 2)
  number('rating', 0, 5)
  number('discount', 0, 100)
  boolean('is_key')
  boolean('is_active')
  text('owner', false, 1, 255)
  return faults
}
