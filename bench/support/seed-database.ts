import { DatabaseSync } from 'node:sqlite'
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

/** Fills a new database with the same 1,000 users and 20,000 accounts every time. */
export function seedDatabase(file: string, schema: string): void {
  const db = new DatabaseSync(file)
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
  db.exec(schema)
  db.exec('BEGIN')
  const random = seededRandom(7)
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(random() * values.length)]!
  const insertUser = db.prepare(
    'INSERT INTO "user" (id, name, email, title, is_active, created_at, updated_at, _version) VALUES (?, ?, ?, ?, ?, ?, ?, 1)',
  )
  for (let index = 0; index < USERS; index++) {
    const at = new Date(START - 86_400_000).toISOString()
    insertUser.run(
      userId(index),
      `Colleague ${index}`,
      `colleague${index}@saltmarsh.example`,
      index % 10 === 0 ? null : 'Field engineer',
      index % 20 === 0 ? 0 : 1,
      at,
      at,
    )
  }
  const insertAccount = db.prepare(
    `INSERT INTO account (id, name, code, status, industry, email, website, phone, city, country, notes, employees, annual_revenue, rating, discount, is_key, is_active, owner, created_at, updated_at, _version)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
  )
  for (let index = 0; index < ACCOUNTS; index++) {
    const place = Math.floor(random() * CITIES.length)
    const at = new Date(createdAt(index)).toISOString()
    insertAccount.run(
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
      index % 10 === 0 ? 1 : 0,
      index % 8 === 0 ? 0 : 1,
      index % 25 === 0 ? null : userId(Math.floor(random() * USERS)),
      at,
      at,
    )
  }
  db.exec('COMMIT; ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
}
