import { ObjectQLError } from '../problem/problem.ts'
import type { Session, Statement } from './session.ts'

/** The table in which an application keeps what it has to know about its database. */
const TABLE = '_objectql'

/** `digest`: schema the database was brought to. `cursor_secret`: signs cursors. `owned`: columns that came from a schema. */
export type BookkeepingKey = 'digest' | 'cursor_secret' | 'owned'

export type Bookkeeping = ReadonlyMap<string, string>

const statement = (sql: string, isRead: boolean, count: number): Statement => ({
  sql,
  kinds: Array.from({ length: count }, () => 'text'),
  isRead,
})

const quoted = ({ dialect }: Session): readonly [table: string, key: string, value: string] => [
  dialect.quoteName(TABLE),
  dialect.quoteName('key'),
  dialect.quoteName('value'),
]

/** What is kept; undefined when the table is not there. One short query. @throws ObjectQLError 503 when the database does not answer. */
export async function readBookkeeping(session: Session, keys: readonly BookkeepingKey[]): Promise<Bookkeeping | undefined> {
  const [table, key, value] = quoted(session)
  const names = keys.map((name) => session.dialect.quoteText(name)).join(', ')
  try {
    const { rows } = await session.run(statement(`select ${key}, ${value} from ${table} where ${key} in (${names})`, true, 0), [])
    return new Map(rows.map(([name, text]) => [String(name), String(text)]))
  } catch (error) {
    if (error instanceof ObjectQLError && error.status !== 500) throw error
    return undefined
  }
}

export const createBookkeeping = ({ dialect }: Session): string =>
  dialect.name === 'mysql'
    ? `create table if not exists \`${TABLE}\` (\`key\` varchar(64) primary key not null, \`value\` longtext not null) engine = innodb default character set utf8mb4 collate utf8mb4_bin`
    : `create table if not exists "${TABLE}" ("key" text primary key not null, "value" text not null)`

/** Sets a value, or with `isFirst` only where there is none yet. */
export async function keep(session: Session, name: BookkeepingKey, text: string, isFirst = false): Promise<void> {
  const [table, key, value] = quoted(session)
  const insert = `into ${table} (${key}, ${value}) values (${session.dialect.placeholders === 'numbered' ? '$1, $2' : '?, ?'})`
  const sql =
    session.dialect.name === 'mysql'
      ? `insert ${insert} on duplicate key update ${value} = ${isFirst ? value : `values(${value})`}`
      : `insert ${insert} on conflict (${key}) do ${isFirst ? 'nothing' : `update set ${value} = excluded.${value}`}`
  await session.run(statement(sql, false, 2), [name, text])
}

/** Other processes that do the same wait until the transaction ends. Where there is no such table, nobody does. */
export async function lockBookkeeping(session: Session): Promise<void> {
  const [table, key, value] = quoted(session)
  const lock = statement(`update ${table} set ${value} = ${value} where ${key} = ${session.dialect.quoteText('digest')}`, false, 0)
  try {
    await session.atomically((inner) => inner.run(lock, []))
  } catch (error) {
    if (!(error instanceof ObjectQLError) || error.status !== 500) throw error
  }
}
