import pg from 'pg'
import { type Account, COLUMNS } from './account.ts'
import { checkTransition, countStatus, trimName, upperCaseCountry } from './account-hooks.ts'
import type { SqlValue } from './parse-filter.ts'
import type { ListQuery, Versioned } from './store.ts'
import { uuidv7 } from './uuidv7.ts'
import type { AccountInput } from './validate-account.ts'

export interface PostgresStore {
  get(id: string): Promise<Versioned | undefined>
  list(query: ListQuery): Promise<Account[]>
  create(input: AccountInput): Promise<Versioned>
  update(id: string, input: AccountInput): Promise<Versioned | undefined>
  close(): Promise<void>
}

interface Row {
  readonly [column: string]: unknown
}

const ACCOUNT_COLUMNS = COLUMNS.map((column) => `account.${column}`).join(', ')
const OWNER_FIELDS = ['id', 'name', 'email', 'title', 'is_active', 'created_at', 'updated_at']
const OWNER_COLUMNS = OWNER_FIELDS.map((column) => `owner.${column} AS owner_${column}`).join(', ')

/** Numbers as numbers; instants stay Dates, which JSON.stringify prints as ISO 8601. */
pg.types.setTypeParser(pg.types.builtins.INT8, Number)
pg.types.setTypeParser(pg.types.builtins.NUMERIC, Number)

/** Named statements: PostgreSQL parses and plans each text once per connection. */
export function openPostgresStore(url: string): PostgresStore {
  const pool = new pg.Pool({ connectionString: url, max: 10, options: '-c TimeZone=UTC' })
  const names = new Map<string, string>()
  const run = async (text: string, values: readonly SqlValue[], on: pg.Pool | pg.PoolClient = pool): Promise<Row[]> => {
    let name = names.get(text)
    if (name === undefined) {
      name = `s${names.size}`
      names.set(text, name)
    }
    return (await on.query<Row>({ name, text, values: values as unknown[] })).rows
  }

  return {
    async get(id) {
      const [row] = await run(`SELECT ${ACCOUNT_COLUMNS}, account._version FROM account WHERE id = $1`, [id])
      return row && versioned(row)
    },

    async list({ where, orderBy, limit, offset, withOwner }) {
      const values = [...(where?.values ?? []), limit, offset]
      const tail = `${where ? ` WHERE ${where.sql}` : ''} ORDER BY ${orderBy} LIMIT $${values.length - 1} OFFSET $${values.length}`
      if (!withOwner) return (await run(`SELECT ${ACCOUNT_COLUMNS} FROM account${tail}`, values)).map(toAccount)
      const sql = `SELECT ${ACCOUNT_COLUMNS}, ${OWNER_COLUMNS} FROM account LEFT JOIN "user" AS owner ON owner.id = account.owner${tail}`
      return (await run(sql, values)).map(toAccountWithOwner)
    },

    async create(input) {
      trimName(input)
      upperCaseCountry(input)
      const now = new Date().toISOString()
      const values: Readonly<Record<string, SqlValue>> = {
        status: 'prospect',
        is_key: false,
        is_active: true,
        ...(input as Readonly<Record<string, SqlValue>>),
        id: uuidv7(),
        created_at: now,
        updated_at: now,
      }
      const [row] = await run(
        `INSERT INTO account (${COLUMNS.join(', ')}, _version) VALUES (${COLUMNS.map((_, index) => `$${index + 1}`).join(', ')}, 1) RETURNING *`,
        COLUMNS.map((column) => values[column] ?? null),
      )
      return versioned(row as Row)
    },

    async update(id, input) {
      const fields = Object.entries(input)
      const assignments = fields.map(([field], index) => `${field} = $${index + 1}, `).join('')
      const sql = `UPDATE account SET ${assignments}updated_at = $${fields.length + 1}, _version = _version + 1 WHERE id = $${fields.length + 2} RETURNING *`
      const values = [...fields.map(([, value]) => value as SqlValue), new Date().toISOString(), id]
      if (input.status === undefined) {
        const [row] = await run(sql, values)
        return row && versioned(row)
      }
      // Read and write in one transaction: otherwise two requests at once would both pass the check.
      const client = await pool.connect()
      try {
        await client.query('BEGIN')
        const [before] = await run('SELECT status FROM account WHERE id = $1 FOR UPDATE', [id], client)
        if (before) checkTransition(before['status'] as string, input.status)
        const [row] = before ? await run(sql, values, client) : []
        if (row) countStatus(input)
        await client.query('COMMIT')
        return row && versioned(row)
      } catch (error) {
        await client.query('ROLLBACK')
        throw error
      } finally {
        client.release()
      }
    },

    close: () => pool.end(),
  }
}

const versioned = (row: Row): Versioned => ({ account: toAccount(row), version: Number(row['_version']) })

const toAccount = (row: Row): Account => ({
  id: row['id'] as string,
  name: row['name'] as string,
  code: row['code'] as string,
  status: row['status'] as string,
  industry: row['industry'] as string | null,
  email: row['email'] as string | null,
  website: row['website'] as string | null,
  phone: row['phone'] as string | null,
  city: row['city'] as string | null,
  country: row['country'] as string | null,
  notes: row['notes'] as string | null,
  employees: row['employees'] as number | null,
  annual_revenue: row['annual_revenue'] as number | null,
  rating: row['rating'] as number | null,
  discount: row['discount'] as number | null,
  is_key: row['is_key'] as boolean | null,
  is_active: row['is_active'] as boolean | null,
  owner: row['owner'] as string | null,
  created_at: row['created_at'] as string,
  updated_at: row['updated_at'] as string,
})

function toAccountWithOwner(row: Row): Account {
  const account = toAccount(row)
  if (row['owner_id'] === null) return account
  account.owner = {
    id: row['owner_id'] as string,
    name: row['owner_name'] as string,
    email: row['owner_email'] as string,
    title: row['owner_title'] as string | null,
    is_active: row['owner_is_active'] as boolean | null,
    created_at: row['owner_created_at'] as string,
    updated_at: row['owner_updated_at'] as string,
  }
  return account
}
