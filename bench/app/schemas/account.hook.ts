/** What hooks of both servers do: see `bench/raw/account-hooks.ts`. */
interface Context {
  readonly data: { name?: string | null; country?: string | null; status?: string | null }
}

const changes = new Map<string, number>()

export function beforeCreate(context: Context): void {
  if (typeof context.data.name === 'string') context.data.name = context.data.name.trim()
}

export const upperCaseCountry = {
  name: 'upper_case_country',
  object: 'account',
  events: ['beforeCreate'],
  handler(context: Context): void {
    if (typeof context.data.country === 'string') context.data.country = context.data.country.toUpperCase()
  },
}

export function afterUpdate(context: Context): void {
  const { status } = context.data
  if (typeof status === 'string') changes.set(status, (changes.get(status) ?? 0) + 1)
}
