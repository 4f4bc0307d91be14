import { brokenRule, duplicatesOfIndex, ruleOfIndex } from '../database/rule-index.ts'
import { quoteName } from '../query/names.ts'
import { foldName, type IndexShape, type TableShape } from './database-shape.ts'
import type { MigrationDraft, TouchedColumns } from './migration-draft.ts'

/** Plans the indexes of an existing table. They hold no data of their own, so they come and go freely; those of others stay. */
export function compareIndexes(draft: MigrationDraft, wanted: TableShape, actual: TableShape, touched: TouchedColumns): void {
  const owned = draft.bookkeeping?.owned.get(foldName(wanted.name))?.indexes ?? new Set<string>()
  const kept: IndexShape[] = []
  const drop = (index: IndexShape): void => void draft.steps.dropIndexes.push(`drop index ${quoteName(index.name)}`)
  for (const index of actual.indexes) {
    const twin = wanted.indexes.find((candidate) => foldName(candidate.name) === foldName(index.name))
    const isOurs = owned.has(foldName(index.name)) || twin !== undefined
    if (index.sql === null) kept.push(index)
    else if (isOurs && !(twin && isSame(twin, index))) drop(index)
    else if (!isInTheWay(index, touched)) kept.push(index)
    else {
      // SQLite drops no column that an index uses.
      drop(index)
      if (!isOurs && !uses(index, touched.dropped)) draft.steps.createIndexes.push(index.sql)
    }
  }
  for (const index of [...wanted.indexes, ...keyIndex(wanted, actual)])
    if (index.sql !== null && !kept.some((other) => isSame(index, other))) createIndex(draft, { wanted, actual }, index, touched)
}

const isSame = (a: IndexShape, b: IndexShape): boolean => (a.sql !== null && a.sql === b.sql) || hasSameColumns(a, b)

const hasSameColumns = (a: IndexShape, b: IndexShape): boolean =>
  a.isUnique === b.isUnique &&
  (a.where ?? '') === (b.where ?? '') &&
  a.columns.length === b.columns.length &&
  a.columns.every((column, index) => column !== null && column === b.columns[index])

/** Expressions and conditions are searched for the name: taking an index for a user of a column costs no more than building it again. */
function uses({ columns, where, sql }: IndexShape, names: ReadonlySet<string>): boolean {
  const text = where !== undefined || columns.includes(null) ? foldName(sql ?? '') : ''
  return [...names].some((name) => text.includes(name) || columns.some((column) => column !== null && foldName(column) === name))
}

const isInTheWay = (index: IndexShape, { replaced, dropped }: TouchedColumns): boolean => uses(index, replaced) || uses(index, dropped)

/** Foreign keys need a unique target, which the id of somebody else's table may not be. */
function keyIndex(wanted: TableShape, actual: TableShape): readonly IndexShape[] {
  const key = [...wanted.columns.values()].find((column) => column.keyPosition > 0)
  const existing = key && actual.columns.get(foldName(key.name))
  if (!existing || (existing.keyPosition === 1 && [...actual.columns.values()].every((column) => column.keyPosition < 2))) return []
  const name = `${actual.name}_${existing.name}_key`
  const sql = `create unique index ${quoteName(name)} on ${quoteName(actual.name)} (${quoteName(existing.name)})`
  return [{ name, columns: [existing.name], isUnique: true, sql }]
}

/** A table as it is to be, and as it is. */
interface TablePair {
  readonly wanted: TableShape
  readonly actual: TableShape
}

function createIndex(draft: MigrationDraft, pair: TablePair, index: IndexShape, touched: TouchedColumns): void {
  const table = pair.actual
  const duplicates = index.isUnique ? duplicatesQuery(pair, index, touched) : undefined
  if (duplicates !== undefined && draft.db.prepare(`${duplicates} limit 1`).get() !== undefined) {
    const columns = index.columns.map((column) => `"${column}"`).join(', ')
    const rule = ruleOfIndex(table.name, index.name)
    draft.refused.push({
      kind: 'duplicate-values',
      table: table.name,
      ...(index.columns.length === 1 && index.columns[0] !== null && rule === undefined ? { column: index.columns[0] } : {}),
      message:
        rule !== undefined
          ? brokenRule(table.name, rule, duplicates)
          : `${columns} of table "${table.name}" is to be unique, but some values occur more than once. Find and change them: ${duplicates}`,
      isBlocking: true,
    })
    return
  }
  if (index.sql !== null) draft.steps.createIndexes.push(index.sql)
}

/** A query for values that occur more than once, or undefined when there can be none because a column is new and empty. */
function duplicatesQuery({ wanted, actual: table }: TablePair, index: IndexShape, { added }: TouchedColumns): string | undefined {
  if (index.columns.some((column) => column !== null && added.has(foldName(column)))) return undefined
  if (index.sql !== null && ruleOfIndex(table.name, index.name) !== undefined) {
    // What a new column says about the records that are there is known once it is added.
    if ([...added].some((name) => foldName(index.sql ?? '').includes(quoteName(name)))) return undefined
    return duplicatesOfIndex(index.sql)
  }
  const columns = index.columns.map((column) => quoteName(column ?? ''))
  const conditions = [...(index.where === undefined ? [] : [`(${index.where})`]), ...columns.map((column) => `${column} is not null`)]
  return `select ${columns.join(', ')}, count(*) from ${rowsWith(table, newIn(index, wanted, added))} where ${conditions.join(' and ')} group by ${columns.join(', ')} having count(*) > 1`
}

/** New columns that the condition of an index names, with what records have there at first. */
const newIn = ({ where }: IndexShape, { columns }: TableShape, added: ReadonlySet<string>): readonly (readonly [string, string])[] =>
  where === undefined
    ? []
    : [...added]
        .filter((key) => foldName(where).includes(quoteName(key)))
        .map((key) => [columns.get(key)?.name ?? key, columns.get(key)?.default ?? 'null'])

/** The rows of a table with columns that it will have. */
function rowsWith({ name }: TableShape, columns: readonly (readonly [string, string])[]): string {
  if (columns.length === 0) return quoteName(name)
  const made = columns.map(([column, value]) => `${value} as ${quoteName(column)}`)
  return `(select *, ${made.join(', ')} from ${quoteName(name)})`
}
