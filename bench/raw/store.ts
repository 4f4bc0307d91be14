import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Account, type AccountOwnerRow, type AccountRow, COLUMNS, toAccount, toAccountWithOwner } from './account.ts'
import { checkTransition, countStatus, trimName, upperCaseCountry } from './account-hooks.ts'
import type { Where } from './parse-filter.ts'
import { uuidv7 } from './uuidv7.ts'
import type { AccountInput } from './validate-account.ts'

/** A record and the version its ETag shows. */
export interface Versioned {
  readonly account: Account
  readonly version: number
}

export interface ListQuery {
  readonly where: Where | undefined
  readonly orderBy: string
  readonly limit: number
  readonly offset: number
  readonly withOwner: boolean
}

export interface Store {
  get(id: string): Versioned | undefined
  list(query: ListQuery): Account[]
  create(input: AccountInput): Versioned
  update(id: string, input: AccountInput): Versioned | undefined
  close(): void
}

const ACCOUNT_COLUMNS = COLUMNS.map((column) => `account.${column}`).join(', ')
const OWNER_COLUMNS = ['id', 'name', 'email', 'title', 'is_active', 'created_at', 'updated_at']
  .map((column) => `owner.${column} AS owner_${column}`)
  .join(', ')
const MAX_STATEMENTS = 500

export function openStore(file: string): Store {
  const db = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5000 })
  // The same settings as the generated server's, so that the comparison is about code.
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 268435456; PRAGMA cache_size = -65536',
  )

  const statements = new Map<string, StatementSync>()
  const prepare = (sql: string): StatementSync => {
    let statement = statements.get(sql)
    if (statement === undefined) {
      if (statements.size >= MAX_STATEMENTS) statements.clear()
      statement = db.prepare(sql)
      statements.set(sql, statement)
    }
    return statement
  }

  const selectById = db.prepare(`SELECT ${ACCOUNT_COLUMNS}, account._version FROM account WHERE id = ?`)
  const selectStatus = db.prepare('SELECT status FROM account WHERE id = ?')
  const insert = db.prepare(`INSERT INTO account (${COLUMNS.join(', ')}, _version) VALUES (${COLUMNS.map(() => '?').join(', ')}, 1)`)

  return {
    get(id) {
      const row = selectById.get(id) as AccountRow | undefined
      return row && { account: toAccount(row), version: row._version }
    },

    list({ where, orderBy, limit, offset, withOwner }) {
      const condition = where ? ` WHERE ${where.sql}` : ''
      const tail = `${condition} ORDER BY ${orderBy} LIMIT ? OFFSET ?`
      const values = [...(where?.values ?? []), limit, offset].map(toSql)
      if (!withOwner) {
        const rows = prepare(`SELECT ${ACCOUNT_COLUMNS} FROM account${tail}`).all(...values) as unknown as AccountRow[]
        return rows.map(toAccount)
      }
      const sql = `SELECT ${ACCOUNT_COLUMNS}, ${OWNER_COLUMNS} FROM account LEFT JOIN "user" AS owner ON owner.id = account.owner${tail}`
      const rows = prepare(sql).all(...values) as unknown as AccountOwnerRow[]
      return rows.map(toAccountWithOwner)
    },

    create(input) {
      trimName(input)
      upperCaseCountry(input)
      const now = new Date().toISOString()
      const account: Account = {
        id: uuidv7(),
        name: input.name ?? '',
        code: input.code ?? '',
        status: input.status ?? 'prospect',
        industry: input.industry ?? null,
        email: input.email ?? null,
        website: input.website ?? null,
        phone: input.phone ?? null,
        city: input.city ?? null,
        country: input.country ?? null,
        notes: input.notes ?? null,
        employees: input.employees ?? null,
        annual_revenue: input.annual_revenue ?? null,
        rating: input.rating ?? null,
        discount: input.discount ?? null,
        is_key: input.is_key === undefined ? false : input.is_key,
        is_active: input.is_active === undefined ? true : input.is_active,
        owner: input.owner ?? null,
        created_at: now,
        updated_at: now,
      }
      insert.run(...COLUMNS.map((column) => toSql(account[column] as string | number | boolean | null)))
      return { account, version: 1 }
    },

    update(id, input) {
      if (input.status !== undefined) {
        const before = selectStatus.get(id) as { status: string } | undefined
        if (before === undefined) return undefined
        checkTransition(before.status, input.status)
      }
      const fields = Object.keys(input) as (keyof AccountInput)[]
      const values = fields.map((field) => toSql(input[field] ?? null))
      const assignments = fields.map((field) => `${field} = ?, `).join('')
      const sql = `UPDATE account SET ${assignments}updated_at = ?, _version = _version + 1 WHERE id = ? RETURNING *`
      // Not get(): it stops at the row, and SQLite copies the log into the file only behind a statement that ran to its end. The log would grow forever.
      const [row] = prepare(sql).all(...values, new Date().toISOString(), id) as unknown as readonly AccountRow[]
      if (row) countStatus(input)
      return row && { account: toAccount(row), version: row._version }
    },

    close: () => db.close(),
  }
}

const toSql = (value: string | number | boolean | null): string | number | null => (typeof value === 'boolean' ? Number(value) : value)
