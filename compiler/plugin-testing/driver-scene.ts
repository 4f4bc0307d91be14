import type { RunResult, Session, SqlDriver, Statement } from '../../runtime-lite/database/session.ts'
import type { SqlValue } from '../../runtime-lite/object/sql-value.ts'
import { expectSame, rejection } from './conformance.ts'

type Kinds = Statement['kinds']

/** Tables of one check, and statements about them in the SQL of the driver's database. */
export interface DriverScene {
  readonly driver: SqlDriver
  /** Names of the tables: a parent with a child, and one with a column of each type. */
  readonly parent: string
  readonly child: string
  readonly values: string
  insert(id: string, name?: string | null, session?: Session): Promise<RunResult>
  /** How many parents have an id. */
  count(id: string, session?: Session): Promise<number>
  read(sql: string, values?: readonly SqlValue[], kinds?: Kinds, session?: Session): Promise<RunResult>
  write(sql: string, values?: readonly SqlValue[], kinds?: Kinds, session?: Session): Promise<RunResult>
  /** Takes the tables away and closes the driver. */
  end(): Promise<void>
}

let tables = 0

const COLUMNS = {
  sqlite: {
    text: 'text',
    whole: 'integer',
    real: 'real',
    exact: 'real',
    yes: 'integer',
    json: 'text',
    bytes: 'blob',
    day: 'text',
    moment: 'text',
  },
  postgres: {
    ...{ text: 'varchar(200)', whole: 'bigint', real: 'double precision', exact: 'numeric(30, 10)', yes: 'boolean', json: 'jsonb' },
    ...{ bytes: 'bytea', day: 'date', moment: 'timestamptz(3)' },
  },
  mysql: {
    ...{ text: 'varchar(200) character set utf8mb4 collate utf8mb4_bin', whole: 'bigint', real: 'double', exact: 'decimal(30, 10)' },
    ...{ yes: 'boolean', json: 'json', bytes: 'blob', day: 'date', moment: 'datetime(3)' },
  },
} as const

export async function openScene(driver: SqlDriver): Promise<DriverScene> {
  const { name } = driver.dialect
  const stem = `objectql_check_${process.pid}_${++tables}`
  const [parent, child, values] = [`${stem}_p`, `${stem}_c`, `${stem}_v`]
  const types = COLUMNS[name]
  const key = name === 'sqlite' ? 'text' : name === 'mysql' ? 'varchar(100) character set utf8mb4 collate utf8mb4_bin' : 'varchar(100)'
  const drop = `drop table if exists ${child};\ndrop table if exists ${parent};\ndrop table if exists ${values};`
  await driver.execute(
    `${drop}
create table ${parent} (id ${key} primary key, name ${key} unique, n bigint not null);
create table ${child} (id ${key} primary key, parent ${key} not null, foreign key (parent) references ${parent} (id));
create table ${values} (id ${key} primary key, ${Object.entries(types)
      .map(([column, type]) => `v_${column} ${type}`)
      .join(', ')});`,
  )
  const marked = (sql: string): string => {
    let position = 0
    return name === 'postgres' ? sql.replaceAll('?', () => `$${++position}`) : sql
  }
  const run =
    (isRead: boolean): DriverScene['read'] =>
    async (sql, given = [], kinds = given.map(() => 'text'), session = driver.session) =>
      session.run({ sql: marked(sql), kinds, isRead }, given)
  const scene: DriverScene = {
    ...{ driver, parent, child, values, read: run(true), write: run(false) },
    insert: (id, label = id, session = driver.session) =>
      scene.write(`insert into ${parent} (id, name, n) values (?, ?, ?)`, [id, label, 0], ['text', 'text', 'integer'], session),
    async count(id, session = driver.session) {
      const row = await session.row({ sql: marked(`select count(*) as n from ${parent} where id = ?`), kinds: ['text'], isRead: true }, [
        id,
      ])
      return Number(row?.[0])
    },
    async end() {
      try {
        await driver.execute(drop)
      } finally {
        await driver.close()
      }
    },
  }
  return scene
}

/** What a driver says about a failure, in the words of all databases. */
export const failureKind = (error: unknown): unknown => (Object(error) as { readonly failure?: { readonly kind?: unknown } }).failure?.kind

export async function expectFailure(what: string, work: () => unknown, kinds: readonly string[]): Promise<void> {
  const error = await rejection(what, work)
  const kind = failureKind(error)
  if (!kinds.includes(String(kind))) expectSame(`${what}: kind of the failure of ${String(error)}`, kind, kinds[0])
}

export async function expectCode(what: string, work: () => unknown, status: number, code: string): Promise<void> {
  const error = Object(await rejection(what, work)) as { readonly status?: unknown; readonly code?: unknown }
  expectSame(what, { status: error.status, code: error.code }, { status, code })
}
