import type { ApiLimits } from '../app/app-manifest.ts'
import type { ObjectStore } from '../object/object-store.ts'
import { ObjectQLError } from '../problem/problem.ts'
import { checkCount } from './object-route.ts'
import type { Preferences } from './prefer.ts'

/** One request for several records, its body read. */
export interface BulkRequest {
  readonly store: ObjectStore
  readonly body: Readonly<Record<string, unknown>>
  readonly limits: ApiLimits
  readonly wanted: Preferences
  /** Of the request, without what follows a question mark. */
  readonly path: string
}

/** Members of a body by their names; several may mean the same. @throws ObjectQLError 400 for any other and for two of the same. */
export function members<Name extends string>(
  body: Readonly<Record<string, unknown>>,
  namesByMember: Readonly<Record<Name, readonly string[]>>,
): { readonly [Member in Name]: { readonly name: string; readonly value: unknown } } {
  const found: Record<string, { readonly name: string; readonly value: unknown }> = {}
  for (const [member, names] of Object.entries<readonly string[]>(namesByMember))
    found[member] = { name: names[0] as string, value: undefined }
  const seen = new Set<string>()
  for (const [name, value] of Object.entries(body)) {
    const member = Object.keys(namesByMember).find((key) => namesByMember[key as Name].includes(name))
    if (member === undefined)
      throw new ObjectQLError(
        400,
        'INVALID_REQUEST',
        `The body has no member "${name.slice(0, 64)}". Use ${Object.values<readonly string[]>(namesByMember)
          .map(([first]) => first)
          .join(', ')}.`,
      )
    if (seen.has(member))
      throw new ObjectQLError(400, 'INVALID_REQUEST', `"${found[member]?.name}" and "${name}" mean the same: send one of them.`)
    seen.add(member)
    found[member] = { name, value }
  }
  return found as ReturnType<typeof members<Name>>
}

export function recordList({ name, value }: { readonly name: string; readonly value: unknown }, limits: ApiLimits): readonly unknown[] {
  if (!Array.isArray(value)) throw new ObjectQLError(400, 'INVALID_REQUEST', `"${name}" is a list of records.`)
  checkCount(value, limits)
  return value
}

/** True or false. @throws ObjectQLError 400 */
export function flag({ name, value }: { readonly name: string; readonly value: unknown }, otherwise: boolean): boolean {
  if (value === undefined) return otherwise
  if (typeof value !== 'boolean') throw new ObjectQLError(400, 'INVALID_REQUEST', `"${name}" is true or false.`)
  return value
}

/** `on`: fields of a unique key, as a list or as text with commas. */
export function keyFields({ name, value }: { readonly name: string; readonly value: unknown }): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  const fields = typeof value === 'string' ? value.split(',').map((field) => field.trim()) : value
  if (Array.isArray(fields) && fields.length > 0 && fields.every((field) => typeof field === 'string' && field !== ''))
    return fields as string[]
  throw new ObjectQLError(400, 'INVALID_REQUEST', `"${name}" names the fields of a unique key: ["email"].`)
}
