/** An account as clients see it, in the order of the schema. */
export interface Account {
  id: string
  name: string
  code: string
  status: string
  industry: string | null
  email: string | null
  website: string | null
  phone: string | null
  city: string | null
  country: string | null
  notes: string | null
  employees: number | null
  annual_revenue: number | null
  rating: number | null
  discount: number | null
  is_key: boolean | null
  is_active: boolean | null
  owner: string | User | null
  created_at: string
  updated_at: string
}

export interface User {
  id: string
  name: string
  email: string
  title: string | null
  is_active: boolean | null
  created_at: string
  updated_at: string
}

/** A row of the table: booleans are 0 and 1. */
export type AccountRow = Omit<Account, 'is_key' | 'is_active' | 'owner'> & {
  is_key: number | null
  is_active: number | null
  owner: string | null
  _version: number
}

/** A row joined with its owner. */
export type AccountOwnerRow = AccountRow & {
  owner_id: string | null
  owner_name: string
  owner_email: string
  owner_title: string | null
  owner_is_active: number | null
  owner_created_at: string
  owner_updated_at: string
}

export const COLUMNS = [
  'id',
  'name',
  'code',
  'status',
  'industry',
  'email',
  'website',
  'phone',
  'city',
  'country',
  'notes',
  'employees',
  'annual_revenue',
  'rating',
  'discount',
  'is_key',
  'is_active',
  'owner',
  'created_at',
  'updated_at',
] as const satisfies readonly (keyof Account)[]

export const STATUSES = ['prospect', 'active', 'dormant', 'lost']
export const INDUSTRIES = ['port', 'energy', 'farming', 'tourism', 'science', 'public']

const toBoolean = (value: number | null): boolean | null => (value === null ? null : value === 1)

export function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    code: row.code,
    status: row.status,
    industry: row.industry,
    email: row.email,
    website: row.website,
    phone: row.phone,
    city: row.city,
    country: row.country,
    notes: row.notes,
    employees: row.employees,
    annual_revenue: row.annual_revenue,
    rating: row.rating,
    discount: row.discount,
    is_key: toBoolean(row.is_key),
    is_active: toBoolean(row.is_active),
    owner: row.owner,
    created_at: row.created_at,
    updated_at: row.updated_at,
  }
}

export function toAccountWithOwner(row: AccountOwnerRow): Account {
  const account = toAccount(row)
  if (row.owner_id === null) return account
  account.owner = {
    id: row.owner_id,
    name: row.owner_name,
    email: row.owner_email,
    title: row.owner_title,
    is_active: toBoolean(row.owner_is_active),
    created_at: row.owner_created_at,
    updated_at: row.owner_updated_at,
  }
  return account
}
