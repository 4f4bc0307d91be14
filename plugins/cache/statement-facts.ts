import type { Statement } from 'objectql/plugin-sdk'
import type { SqlValue } from 'objectql/runtime'
import { anyRecordOf, recordOf } from './record-slots.ts'
import { type RecordStatement, recordStatement } from './record-statement.ts'
import type { TableGraph } from './table-graph.ts'

/** What a cache has to know of a statement. The same for all statements of equal text. */
export interface StatementFacts {
  /** Part of the keys of its answers. */
  readonly id: number
  /** Its text, and what decides how its values are read. */
  readonly text: string
  /** Tables it reads; of a write those that answers are kept of, and that it or the database along with it changes. In lower case. */
  readonly tables: readonly string[]
  /** Names of what its answer holds by, or of what it ends: see `record-slots.ts`. */
  names(values: readonly SqlValue[]): readonly string[]
  /** Its answer follows from its text, its values and those tables, and may be kept. */
  readonly isCacheable: boolean
  readonly ttl: number
}

export interface FactsOptions {
  readonly graph: TableGraph
  /** Milliseconds that answers of these tables are kept; undefined: they are not. */
  readonly ttlOf: (table: string) => number | undefined
  /** See `LayerPlace`. */
  readonly readsClock: (statement: Statement) => boolean
}

/** Statements whose facts are kept by text. Those of an application are far fewer; clients may make ever new ones. */
const MAX_KNOWN = 5_000

/** Somebody wants the records locked, not only read. */
const LOCKS = /\bfor (?:no key )?update\b|\bfor (?:key )?share\b|\block in share mode\b/i

/** What gives another answer each time, or to each connection. Names in texts count too: then an answer is not kept, which is never wrong. */
const VOLATILE = new RegExp(
  [
    String.raw`\b(?:now|utc_timestamp|utc_date|utc_time|curdate|curtime|sysdate|clock_timestamp|statement_timestamp|transaction_timestamp|unix_timestamp)\s*\(`,
    String.raw`\b(?:random|rand|randomblob|uuid\w*|gen_random_uuid|nextval|currval|lastval|last_insert_rowid|last_insert_id|changes|total_changes)\s*\(`,
    String.raw`\b(?:current_setting|connection_id|sleep|get_lock|pg_\w+)\s*\(`,
    String.raw`\bcurrent_(?:date|time|timestamp|user|role)\b|\blocaltime(?:stamp)?\b|\bsession_user\b|'now'`,
    String.raw`\bstrftime\s*\(\s*'[^']*'\s*\)|\b(?:date|time|datetime|julianday|unixepoch)\s*\(\s*\)`,
  ].join('|'),
  'i',
)

/** Finds out what statements touch: once for each text. */
export function createStatementReader({ graph, ttlOf, readsClock }: FactsOptions): (statement: Statement) => StatementFacts {
  const byStatement = new WeakMap<Statement, StatementFacts>()
  const byText = new Map<string, StatementFacts>()
  let count = 0

  function read(statement: Statement, text: string, isTimely: boolean): StatementFacts {
    const { sql, isRead, describes } = statement
    const named = tablesIn(sql, graph, describes === true)
    // Nobody knows how statements of `app.db` are written.
    const record = describes ? undefined : recordStatement(sql)
    if (!isRead) {
      const tables = changedBy(statement, named, graph, record).filter((table) => ttlOf(table) !== undefined)
      return { id: ++count, text, tables, names: endedBy(tables, record, graph), isCacheable: false, ttl: 0 }
    }
    const ttls = named.map(ttlOf)
    const isCacheable =
      describes === undefined &&
      !isTimely &&
      named.length > 0 &&
      !ttls.includes(undefined) &&
      /^\s*(?:select|with)\b/i.test(sql) &&
      !LOCKS.test(sql) &&
      !VOLATILE.test(sql)
    const ttl = isCacheable ? Math.min(...(ttls as number[])) : 0
    return { id: ++count, text, tables: named, names: heldBy(named, record), isCacheable, ttl }
  }

  return (statement) => {
    const known = byStatement.get(statement)
    if (known) return known
    const isTimely = statement.isRead && readsClock(statement)
    const traits = `${statement.kinds.join()}\0${statement.isRead}\0${statement.describes === true}\0${isTimely}`
    const text = `${statement.sql}\0${traits}`
    let facts = byText.get(text)
    if (!facts) {
      facts = read(statement, text, isTimely)
      if (byText.size >= MAX_KNOWN) byText.delete(byText.keys().next().value as string)
      byText.set(text, facts)
    }
    byStatement.set(statement, facts)
    return facts
  }
}

/**
 * Tables whose names stand in a statement. The application quotes all names, so what stands between two quotes is looked at, whichever of them
 * opens: it may find more than there is, in texts, and never less. Statements of `app.db` may name tables without quotes, or build statements in texts.
 */
function tablesIn(sql: string, { tables }: TableGraph, isRaw: boolean): readonly string[] {
  const found = new Set<string>()
  const take = (name: string): void => {
    const folded = name.toLowerCase()
    if (tables.has(folded)) found.add(folded)
  }
  sql.split(/["`]/).forEach(take)
  if (isRaw) sql.split(/[^\p{L}\p{N}_$]+/u).forEach(take)
  return [...found].sort()
}

/** A write that names no table may change any, unless it is about what the application keeps for itself. */
function changedBy(
  { sql, describes }: Statement,
  named: readonly string[],
  graph: TableGraph,
  record: RecordStatement | undefined,
): readonly string[] {
  // It locks records and changes none.
  if (!describes && /^\s*select\b/i.test(sql)) return []
  if (record) return graph.tables.has(record.table) ? (record.kind === 'delete' ? graph.reached(record.table) : [record.table]) : []
  if (named.length === 0) return sql.includes('_objectql') ? [] : [...graph.tables]
  if (!/\b(?:delete|truncate|replace|merge|drop)\b/i.test(sql)) return named
  return [...new Set(named.flatMap((table) => graph.reached(table)))].sort()
}

type Names = StatementFacts['names']

/** What the answer of a read holds by. */
function heldBy(tables: readonly string[], record: RecordStatement | undefined): Names {
  const [at] = record?.at ?? []
  if (record?.kind !== 'select' || at === undefined || !tables.includes(record.table)) return () => tables
  const others = [...tables.filter((table) => table !== record.table), anyRecordOf(record.table)]
  return (values) => {
    const name = recordOf(record.table, values[at])
    return name === undefined ? tables : [...others, name]
  }
}

/** What a write ends. */
function endedBy(tables: readonly string[], record: RecordStatement | undefined, graph: TableGraph): Names {
  const all = tables.flatMap((table) => [table, anyRecordOf(table)])
  // What is deleted along may be other records of the same table.
  if (!record || record.kind === 'select' || !tables.includes(record.table)) return () => all
  if (record.kind === 'delete' && graph.reachesItself(record.table)) return () => all
  const others = all.filter((name) => name !== anyRecordOf(record.table))
  return (values) => {
    const names = record.at.map((at) => recordOf(record.table, values[at]))
    return names.includes(undefined) ? all : [...others, ...(names as string[])]
  }
}
