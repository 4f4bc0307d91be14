import { randomBytes } from 'node:crypto'
import type { Refusal } from '../sqlite/refusal.ts'
import { compareRemote, type OwnedColumns } from './compare-remote.ts'
import { readSchema, type WantedSchema } from './read-schema.ts'
import { readShape } from './read-shape.ts'
import { createBookkeeping, keep, readBookkeeping } from './remote-bookkeeping.ts'
import type { RemoteSchema } from './remote-schema.ts'
import type { Session, SqlDriver } from './session.ts'
import { failureOf } from './sql-error.ts'

export interface RemoteMigration {
  /** Statements that ran. */
  readonly applied: readonly string[]
  /** Differences that stay, none of which keeps the application from working. */
  readonly refused: readonly Refusal[]
}

/** Milliseconds a migration may take, waiting for another process included. */
const PATIENCE = 600_000

/**
 * Brings a database to what the application needs, additively, while no other process does. On PostgreSQL all of it counts or nothing;
 * MySQL commits each statement, so what failed half-way goes on at the next start.
 * @throws Error naming every difference the application cannot work with; then nothing was changed.
 */
export function migrateRemote(driver: SqlDriver, schema: RemoteSchema): Promise<RemoteMigration> {
  const isMysql = driver.dialect.name === 'mysql'
  const migrated = driver.transaction(
    async (session) => {
      if (isMysql) return withMysqlLock(session, () => migrate(session, schema, (sql) => driver.execute(sql)))
      await run(session, 'set local statement_timeout = 0')
      await run(session, `select pg_advisory_xact_lock(${LOCK}, hashtext(current_schema()))::text as c1`)
      return migrate(session, schema, (sql) => run(session, sql))
    },
    { timeout: PATIENCE, retries: 0 },
  )
  return migrated.catch((error: unknown) => {
    throw operatorError(error)
  })
}

/** Who starts an application is to read what the database said, which clients are not. */
function operatorError(error: unknown): unknown {
  if (failureOf(error)?.kind !== 'other') return error
  const cause = (error as Error).cause
  return new Error(`The database cannot be migrated: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
}

/**
 * What `migrateRemote` would do. Changes nothing.
 * @throws ObjectQLError 503 when the database does not answer.
 */
export function planRemoteMigration(driver: SqlDriver, schema: RemoteSchema): Promise<RemoteMigration> {
  return driver.transaction(
    async (session) => {
      const { plan } = await compared(session, schema)
      return plan ? { applied: plan.statements, refused: plan.refused } : { applied: [], refused: [] }
    },
    { timeout: PATIENCE },
  )
}

/** Any number that no other program is likely to use. */
const LOCK = 1_868_720_993

const run = async (session: Session, sql: string): Promise<void> => void (await session.run({ sql, kinds: [], isRead: false }, []))

async function withMysqlLock<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  // Locks by name belong to the server, and names are short.
  const name = `concat('objectql ', md5(database()))`
  const end = Date.now() + PATIENCE
  for (;;) {
    const row = await session.row({ sql: `select get_lock(${name}, 10) as c1`, kinds: [], isRead: false }, [])
    if (Number(row?.[0]) === 1) break
    if (Date.now() > end) throw new Error('Another process has been migrating the database for too long.')
  }
  try {
    // What the transaction has read would stay locked against changes of tables, which other connections make.
    await run(session, 'commit')
    return await work()
  } finally {
    await run(session, `do release_lock(${name})`)
  }
}

/** How a database differs from a schema; `plan` is undefined when it was brought to it already. */
async function compared(session: Session, schema: RemoteSchema) {
  const shape = await readShape(session)
  const hasBookkeeping = shape.tables.has('_objectql')
  const before = hasBookkeeping ? await readBookkeeping(session, ['digest', 'owned']) : undefined
  const wanted = readSchema(typeof schema.sql === 'string' ? schema.sql : schema.sql())
  const owned = JSON.parse(before?.get('owned') ?? '{}') as OwnedColumns
  const isSame = before?.get('digest') === schema.digest
  return { hasBookkeeping, wanted, owned, plan: isSame ? undefined : await compareRemote(session, wanted, shape, { owned }) }
}

async function migrate(session: Session, schema: RemoteSchema, execute: (sql: string) => Promise<void>): Promise<RemoteMigration> {
  const { hasBookkeeping, wanted, owned, plan } = await compared(session, schema)
  if (!plan) return { applied: [], refused: [] }
  const { statements, refused } = plan
  if (refused.some((refusal) => refusal.isBlocking)) throw refusalError(refused)
  if (!hasBookkeeping) await execute(createBookkeeping(session))
  await keepSecret(session)
  for (const statement of statements) {
    try {
      await execute(statement)
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
      throw new Error(`The migration stopped at \`${statement}\`: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause: error,
      })
    }
  }
  await keep(session, 'owned', JSON.stringify(ownedAfter(owned, wanted)))
  await keep(session, 'digest', schema.digest)
  return { applied: statements, refused }
}

/** Cursors that one process signed are read by the others. */
const keepSecret = (session: Session): Promise<void> => keep(session, 'cursor_secret', randomBytes(32).toString('base64url'), true)

function ownedAfter(owned: OwnedColumns, { tables }: WantedSchema): OwnedColumns {
  const after = new Map(Object.entries(owned))
  for (const { name, columns } of tables)
    after.set(name, [...new Set([...(after.get(name) ?? []), ...columns.map((column) => column.name)])])
  return Object.fromEntries(after)
}

function refusalError(refused: readonly Refusal[]): Error {
  const lines = refused.filter((refusal) => refusal.isBlocking).map((refusal) => `- ${refusal.message}`)
  const error = new Error(
    `The database does not fit the schema, and changing it could lose data. Nothing was changed.\n${lines.join('\n')}`,
  )
  return Object.assign(error, { name: 'MigrationError', refused })
}
