import { DatabaseSync } from 'node:sqlite'
import pg from 'pg'
import { INDUSTRIES, STATUSES } from '../raw/account.ts'
import { seededRandom } from './numbers.ts'

export const ACCOUNTS = 20_000
export const USERS = 1000

const CITIES = ['Vlissingen', 'Bergen', 'Faro', 'Husum', 'Whitby', 'Esbjerg', 'Roscoff', 'Galway']
const COUNTRIES = ['NL', 'NO', 'PT', 'DE', 'GB', 'DK', 'FR', 'IE']
const START = Date.UTC(2025, 0, 1)

export const userId = (index: number): string => idAt(START - 86_400_000 + index * 1009, index)
export const accountId = (index: number): string => idAt(createdAt(index), index)
const createdAt = (index: number): number => START + index * 1013

/** An id that sorts by time, as the servers make them. */
function idAt(time: number, index: number): string {
  const hex = time.toString(16).padStart(12, '0')
  const tail = Math.imul(index + 1, 2_654_435_761) >>> 0
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${(tail & 0xfff).toString(16).padStart(3, '0')}-8${((tail >>> 12) & 0xfff).toString(16).padStart(3, '0')}-${(index * 7919).toString(16).padStart(12, '0')}`
}

type Value = string | number | boolean | null

const USER_COLUMNS = ['id', 'name', 'email', 'title', 'is_active', 'created_at', 'updated_at', '_version']
const ACCOUNT_COLUMNS = [
  ...['id', 'name', 'code', 'status', 'industry', 'email', 'website', 'phone', 'city', 'country', 'notes', 'employees', 'annual_revenue'],
  ...['rating', 'discount', 'is_key', 'is_active', 'owner', 'created_at', 'updated_at', '_version'],
]

interface SeedTable {
  readonly name: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly Value[])[]
}

/** The same 1,000 users and 20,000 accounts every time. */
function seedTables(): readonly SeedTable[] {
  const random = seededRandom(7)
  const pick = <Item>(values: readonly Item[]): Item => values[Math.floor(random() * values.length)]!
  const users = Array.from({ length: USERS }, (_, index): readonly Value[] => {
    const at = new Date(START - 86_400_000).toISOString()
    return [
      userId(index),
      `Colleague ${index}`,
      `colleague${index}@saltmarsh.example`,
      index % 10 === 0 ? null : 'Field engineer',
      index % 20 !== 0,
      at,
      at,
      1,
    ]
  })
  const accounts = Array.from({ length: ACCOUNTS }, (_, index): readonly Value[] => {
    const place = Math.floor(random() * CITIES.length)
    const at = new Date(createdAt(index)).toISOString()
    return [
      accountId(index),
      `${pick(['Harbour', 'Lighthouse', 'Vineyard', 'Observatory', 'Ferry'])} ${pick(['Company', 'Trust', 'Office', 'School'])} ${index}`,
      `ABC-${String(index).padStart(6, '0')}`,
      pick(STATUSES),
      pick(INDUSTRIES),
      `office${index}@customer.example`,
      `https://customer${index}.example/weather`,
      `+31 113 ${String(100_000 + index)}`,
      CITIES[place]!,
      COUNTRIES[place]!,
      index % 5 === 0 ? null : `Asked for "readings" every hour.\nCustomer no. ${index}.`,
      Math.floor(random() * 1000),
      Math.round(random() * 100_000_000) / 100,
      Math.round(random() * 50) / 10,
      Math.floor(random() * 40),
      index % 10 === 0,
      index % 8 !== 0,
      index % 25 === 0 ? null : userId(Math.floor(random() * USERS)),
      at,
      at,
      1,
    ]
  })
  return [
    { name: 'user', columns: USER_COLUMNS, rows: users },
    { name: 'account', columns: ACCOUNT_COLUMNS, rows: accounts },
  ]
}

/** Fills a new SQLite file. */
export function seedDatabase(file: string, schema: string): void {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
  db.exec(schema)
  db.exec('BEGIN')
  for (const { name, columns, rows } of seedTables()) {
    const insert = db.prepare(`INSERT INTO "${name}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
    for (const row of rows) insert.run(...row.map((value) => (typeof value === 'boolean' ? Number(value) : value)))
  }
  db.exec('COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
}

/** Fills an empty PostgreSQL database. */
export async function seedPostgres(url: string, schema: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(schema)
    await client.query('BEGIN')
    for (const { name, columns, rows } of seedTables()) {
      for (let start = 0; start < rows.length; start += 500) {
        const page = rows.slice(start, start + 500)
        const places = page.map((row, at) => `(${row.map((_, index) => `$${at * row.length + index + 1}`).join(', ')})`)
        await client.query(`INSERT INTO "${name}" (${columns.join(', ')}) VALUES ${places.join(', ')}`, page.flat())
      }
    }
    await client.query('COMMIT')
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}
