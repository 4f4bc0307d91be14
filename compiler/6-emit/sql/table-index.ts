import type { Dialect } from '../../config/config.ts'
import type { IndexIr } from '../../ir/object.ts'
import { noMemory, type PrintMemory } from '../print-memory.ts'
import { createNameSpace, plainName } from './physical-names.ts'
import type { Column, Table } from './table.ts'
import { whereClause } from './where-clause.ts'

export type IndexMethod = 'btree' | 'hash' | 'gin' | 'fulltext'

export interface TableIndex {
  readonly name: string
  readonly columns: readonly Column[]
  readonly isUnique: boolean
  readonly method: IndexMethod
  /** SQL text of a partial index's condition. */
  readonly where?: string
  /** What the database cannot do as the author wrote it. */
  readonly notes: readonly string[]
}

export interface TableIndexes {
  readonly indexes: readonly TableIndex[]
  /** One sentence per index that is left out, and why. */
  readonly omitted: readonly string[]
}

interface Scope {
  readonly dialect: Dialect
  readonly quote: (name: string) => string
}

/** Unique keys and indexes of every table, none of them redundant; names unique in the database and at most 63 bytes long. */
export function indexesOf(tables: readonly Table[], scope: Scope, memory: PrintMemory = noMemory): ReadonlyMap<Table, TableIndexes> {
  /** A table belongs to one dialect, and which indexes it gets depends on nothing else: only their names do. */
  const choiceByTable = memory.kept<Table, Choice>('sql indexes')
  const names = createNameSpace(
    scope.dialect,
    'constraint',
    tables.map((table) => table.name),
  )
  return new Map(
    tables.map((table) => {
      const choice = choiceByTable.get(table) ?? withoutRedundant(candidatesOf(table, scope))
      choiceByTable.set(table, choice)
      const { kept, omitted } = choice
      const indexes = kept.map(({ authoredName, ...index }) => ({ ...index, name: names.claim(indexName(table, index, authoredName)) }))
      return [table, { indexes, omitted }] as const
    }),
  )
}

type Choice = ReturnType<typeof withoutRedundant>

type Candidate = Omit<TableIndex, 'name'> & { readonly authoredName?: string; readonly isForeignKey?: true; readonly refusal?: string }

/** Always begins with the table: an index keeps its name when another object gets one that is called the same. */
function indexName(table: Table, { columns, isUnique }: Omit<TableIndex, 'name'>, authored: string | undefined): string {
  if (authored !== undefined) return plainName(authored.startsWith(table.name) ? authored : `${table.name}_${authored}`)
  const named = columns.filter((column) => !column.isDeletion)
  return plainName(`${table.name}_${named.map((column) => column.name).join('_')}_${isUnique ? 'key' : 'idx'}`)
}

function candidatesOf(table: Table, scope: Scope): readonly Candidate[] {
  const plain = (column: Column, isUnique: boolean): Candidate =>
    restricted({ columns: [column], isUnique, method: 'btree', notes: [] }, scope)
  const authored = table.objects.flatMap((object) => object.indexes.map((index) => candidateOf(index, table, scope)))
  return [
    ...table.columns.filter((column) => column.isUnique).map((column) => amongLive(plain(column, true), table, scope)),
    ...authored.filter((index) => index.isUnique).map((index) => amongLive(index, table, scope)),
    ...(table.deletedAt ? [inTrash(table.deletedAt, scope)] : []),
    ...authored.filter((index) => !index.isUnique),
    ...table.columns.filter((column) => column.isIndexed).map((column) => plain(column, false)),
    ...table.foreignKeys.flatMap((key) => {
      const column = table.columns.find((candidate) => candidate.name === key.column)
      return column ? [{ ...plain(column, false), isForeignKey: true } as const] : []
    }),
  ]
}

/** What a deleted record holds is free again. */
function amongLive(candidate: Candidate, { columns, deletedAt }: Table, { dialect, quote }: Scope): Candidate {
  if (!deletedAt || !candidate.isUnique || candidate.refusal !== undefined) return candidate
  const deletion = columns.filter((column) => column.isDeletion)
  if (dialect === 'mysql') return { ...candidate, columns: [...candidate.columns, ...deletion] }
  const isLive = `${quote(deletedAt.name)} is null`
  return { ...candidate, where: candidate.where === undefined ? isLive : `(${candidate.where}) and ${isLive}` }
}

/** For looking into the trash, and for emptying it. */
function inTrash(deletedAt: Column, { dialect, quote }: Scope): Candidate {
  const plain: Candidate = { columns: [deletedAt], isUnique: false, method: 'btree', notes: [] }
  return dialect === 'mysql' ? plain : { ...plain, where: `${quote(deletedAt.name)} is not null` }
}

function candidateOf(index: IndexIr, table: Table, scope: Scope): Candidate {
  const columns = index.fields.flatMap((field) => table.columnByField.get(field) ?? [])
  const unstored = index.fields.filter((field) => !table.columnByField.has(field))
  const method = index.type === 'hash' || index.type === 'gin' || index.type === 'fulltext' ? index.type : 'btree'
  const notes = index.type === 'gist' ? ['A GiST index needs an extension for these types: a B-tree instead.'] : []
  const candidate: Candidate = { columns, isUnique: index.isUnique, method, notes, authoredName: index.name }
  if (unstored.length > 0) return { ...candidate, refusal: `${unstored.map((field) => `"${field}"`).join(', ')} is not stored` }
  if (index.where === undefined || index.where.trim() === '') return restricted(candidate, scope)
  const where = whereClause(index.where, { ...scope, columnByField: table.columnByField })
  return where.ok
    ? restricted({ ...candidate, where: where.sql }, scope)
    : { ...candidate, refusal: `its condition cannot be read: ${where.problem}` }
}

/** Most columns one index takes. */
const MAX_COLUMNS: Readonly<Record<Dialect, number>> = { sqlite: 2000, postgres: 32, mysql: 16 }

const EVERY_ROW = 'MySQL has no partial indexes: this one covers all rows.'

/** The nearest thing the database can do. */
function restricted(candidate: Candidate, { dialect }: Scope): Candidate {
  const { columns, method, where } = candidate
  if (columns.length > MAX_COLUMNS[dialect]) return { ...candidate, refusal: `an index takes at most ${MAX_COLUMNS[dialect]} columns here` }
  const notes = [...candidate.notes]
  const isTrivial = candidate.isUnique && columns.length > 1 && columns.some((column) => column.isKey)
  if (isTrivial) notes.push('It contains the primary key, so it is unique anyway: a plain index.')
  const isUnique = candidate.isUnique && !isTrivial
  const hasJson = columns.some((column) => column.storage.kind === 'json')
  const isAllText = columns.every((column) => column.storage.kind === 'string')
  if (method === 'fulltext') {
    if (dialect === 'sqlite') return { ...candidate, refusal: 'SQLite has no full-text indexes on tables' }
    if (!isAllText || candidate.isUnique) return { ...candidate, refusal: 'a full-text index takes text columns only and is never unique' }
    return dialect === 'mysql' && where !== undefined ? { ...candidate, where: undefined, notes: [...notes, EVERY_ROW] } : candidate
  }
  if (dialect === 'mysql') {
    if (hasJson) return { ...candidate, refusal: 'MySQL cannot index JSON' }
    if (where === undefined) return { ...candidate, isUnique, method: 'btree', notes }
    if (isUnique) notes.push(`MySQL has no partial indexes: uniqueness where ${where} is not enforced by the database.`)
    else notes.push(EVERY_ROW)
    return { ...candidate, method: 'btree', isUnique: false, where: undefined, notes }
  }
  if (dialect === 'sqlite') return { ...candidate, isUnique, method: 'btree', notes }
  if (method === 'gin' && (isUnique || !columns.every((column) => column.storage.kind === 'json')))
    return {
      ...candidate,
      isUnique,
      method: 'btree',
      notes: [...notes, 'A GIN index needs an extension for these types: a B-tree instead.'],
    }
  if (method === 'hash' && (isUnique || columns.length > 1))
    return {
      ...candidate,
      isUnique,
      method: 'btree',
      notes: [...notes, 'A hash index takes one column and is never unique: a B-tree instead.'],
    }
  return { ...candidate, isUnique, notes }
}

function withoutRedundant(candidates: readonly Candidate[]): { readonly kept: readonly Candidate[]; readonly omitted: readonly string[] } {
  const omitted: string[] = []
  const kept: Candidate[] = []
  const usable = byUniqueness(candidates).filter((candidate) => {
    if (candidate.refusal !== undefined && !candidate.isForeignKey && !isMentioned(omitted, candidate))
      omitted.push(`${describe(candidate)} is left out: ${candidate.refusal}.`)
    return candidate.refusal === undefined
  })
  for (const [position, candidate] of usable.entries()) {
    const reason = redundancy(candidate, usable.slice(0, position), usable.slice(position + 1))
    if (reason === undefined) kept.push(candidate)
    // Nobody asked for the index of a foreign key, so nobody needs to hear that there is one already.
    else if (!candidate.isForeignKey) omitted.push(`${describe(candidate)} is left out: ${reason}.`)
  }
  return { kept, omitted }
}

/** Unique ones first: what equals or begins one of them goes. */
const byUniqueness = (candidates: readonly Candidate[]): readonly Candidate[] => [
  ...candidates.filter((candidate) => candidate.isUnique),
  ...candidates.filter((candidate) => !candidate.isUnique),
]

const isMentioned = (omitted: readonly string[], candidate: Candidate): boolean =>
  omitted.some((sentence) => sentence.startsWith(`${describe(candidate)} `))

const describe = ({ columns, isUnique, authoredName }: Candidate): string =>
  `${isUnique ? 'Unique key' : 'Index'}${authoredName === undefined ? '' : ` "${authoredName}"`} on ${columns.map((column) => `"${column.name}"`).join(', ') || 'no column'}`

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

/** Why an index brings nothing beside the others, or undefined. Of two equal ones the earlier stays. */
function redundancy(candidate: Candidate, before: readonly Candidate[], after: readonly Candidate[]): string | undefined {
  const { columns, isUnique, where, method } = candidate
  if (method === 'btree' && columns[0]?.isKey) return 'the primary key does the same'
  const isSame = (other: Candidate): boolean =>
    other.method === method && other.where === where && other.columns.length === columns.length && isPrefix(columns, other.columns)
  const equal = before.find((other) => isSame(other) && (other.isUnique || !isUnique))
  if (equal) return `the ${lowerFirst(describe(equal))} is the same`
  if (isUnique || method !== 'btree' || where !== undefined) return undefined
  // A foreign key's own index goes when any other begins with its column; every other one only when a longer one does.
  const wider = [...before, ...after].find(
    (other) =>
      other.method === 'btree' && other.where === undefined && other.columns.length > columns.length && isPrefix(columns, other.columns),
  )
  return wider ? `the ${lowerFirst(describe(wider))} begins with the same columns` : undefined
}

const isPrefix = (columns: readonly Column[], of: readonly Column[]): boolean => columns.every((column, index) => of[index] === column)
