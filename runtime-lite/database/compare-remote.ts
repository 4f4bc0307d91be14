import type { Refusal } from '../sqlite/refusal.ts'
import { columnFit } from './column-fit.ts'
import { mergeAlterations } from './merge-alterations.ts'
import type { WantedColumn, WantedIndex, WantedReference, WantedSchema, WantedTable } from './read-schema.ts'
import type { ExistingColumn, ExistingTable, RemoteShape } from './read-shape.ts'
import { brokenRule, duplicatesOfColumn, duplicatesOfIndex, ruleOfIndex } from './rule-index.ts'
import type { Session } from './session.ts'

/** Columns by table that some schema of ours described. */
export type OwnedColumns = Readonly<Record<string, readonly string[]>>

export interface RemotePlan {
  /** In the order they run. */
  readonly statements: readonly string[]
  readonly refused: readonly Refusal[]
}

interface Draft {
  readonly session: Session
  readonly shape: RemoteShape
  readonly owned: OwnedColumns
  readonly now: Date
  readonly refused: Refusal[]
  readonly steps: Readonly<
    Record<'createTables' | 'addColumns' | 'widenColumns' | 'dropColumns' | 'dropIndexes' | 'createIndexes' | 'addReferences', string[]>
  >
}

/** What turns a database into what the application needs, without losing anything. Changes nothing; asks the database about values. */
export async function compareRemote(
  session: Session,
  wanted: WantedSchema,
  shape: RemoteShape,
  { owned, now = new Date() }: { readonly owned: OwnedColumns; readonly now?: Date },
): Promise<RemotePlan> {
  const draft: Draft = {
    session,
    shape,
    owned,
    now,
    refused: [],
    steps: {
      createTables: [],
      addColumns: [],
      widenColumns: [],
      dropColumns: [],
      dropIndexes: [],
      createIndexes: [],
      addReferences: [],
    },
  }
  for (const table of wanted.tables) await planTable(draft, table)
  await planDropped(draft, wanted)
  const { createIndexes, addReferences, ...before } = draft.steps
  const isFirst = (sql: string): boolean => /^create extension /i.test(sql)
  const last = [...createIndexes, ...addReferences]
  return {
    statements: [
      ...wanted.others.filter(isFirst),
      ...Object.values(before).flat(),
      ...(session.dialect.name === 'mysql' ? mergeAlterations(last) : last),
      ...wanted.others.filter((sql) => !isFirst(sql)),
    ],
    refused: draft.refused,
  }
}

async function planTable(draft: Draft, table: WantedTable): Promise<void> {
  const { shape, steps } = draft
  const existing = shape.tables.get(table.name)
  if (shape.others.has(table.name)) {
    draft.refused.push({
      kind: 'not-a-table',
      table: table.name,
      message: `"${table.name}" is a view or the like: a table is needed. Rename one of the two.`,
      isBlocking: true,
    })
    return
  }
  if (!existing) {
    steps.createTables.push(table.sql)
    for (const index of table.indexes) steps.createIndexes.push(index.sql)
    for (const reference of table.references) steps.addReferences.push(reference.sql)
    return
  }
  const added = new Set<string>()
  for (const column of table.columns) {
    const actual = existing.columns.get(column.name)
    if (actual) compareColumn(draft, table, column, actual)
    else {
      addColumn(draft, table, column)
      added.add(column.name)
    }
  }
  dropRuleIndexes(draft, table, existing)
  for (const index of table.indexes) await planIndex(draft, table, index, existing, added)
  for (const reference of table.references) await planReference(draft, table, reference, added)
}

const ref = (table: string, column: string): string => `"${column}" of table "${table}"`

function addColumn({ session, refused, steps, now }: Draft, table: WantedTable, column: WantedColumn): void {
  if (column.isKey) {
    refused.push({
      kind: 'primary-key',
      table: table.name,
      column: column.name,
      message: `The table "${table.name}" has no column "${column.name}", which identifies its rows. Add it by hand.`,
      isBlocking: true,
    })
    return
  }
  const { quoteName, quoteText, name: database } = session.dialect
  const on = `alter table ${quoteName(table.name)}`
  const instant = now.toISOString()
  // Rows that are there need a value, too.
  const first = /int/i.test(column.type) ? '0' : quoteText(database === 'mysql' ? instant.slice(0, -1).replace('T', ' ') : instant)
  const fallback = column.default ?? (column.isNotNull ? first : undefined)
  steps.addColumns.push(
    `${on} add column ${quoteName(column.name)} ${column.type}${column.isNotNull ? ' not null' : ''}${fallback === undefined ? '' : ` default ${fallback}`}`,
  )
  if (fallback !== undefined && column.default === undefined)
    steps.addColumns.push(`${on} alter column ${quoteName(column.name)} drop default`)
}

function compareColumn({ session, refused, steps }: Draft, table: WantedTable, wanted: WantedColumn, actual: ExistingColumn): void {
  const { quoteName, name: database } = session.dialect
  const fit = columnFit(wanted.type, actual.type)
  const change =
    database === 'mysql'
      ? `alter table ${quoteName(table.name)} modify column ${quoteName(actual.name)} ${wanted.type}${actual.isNotNull ? ' not null' : ''}${wanted.default === undefined ? '' : ` default ${wanted.default}`}`
      : `alter table ${quoteName(table.name)} alter column ${quoteName(actual.name)} type ${wanted.type}`
  if (fit === 'widen') steps.widenColumns.push(change)
  if (fit === 'differs')
    refused.push({
      kind: wanted.isKey ? 'primary-key' : 'type-change',
      table: table.name,
      column: actual.name,
      message: `${ref(table.name, actual.name)} is ${actual.type}; the schema needs ${wanted.type}. Values could be lost, so it stays. To convert it by hand: ${change}`,
      isBlocking: true,
    })
  if (wanted.isKey && !actual.isKey)
    refused.push({
      kind: 'primary-key',
      table: table.name,
      column: actual.name,
      message: `${ref(table.name, actual.name)} is not the primary key of the table. Make it the key by hand.`,
      isBlocking: true,
    })
}

const holds = async (session: Session, sql: string): Promise<boolean> =>
  (await session.row({ sql: `${sql} limit 1`, kinds: [], isRead: true }, [])) !== undefined

/** A rule that says something else now has an index of another name. MySQL's goes with its column. */
function dropRuleIndexes({ session: { dialect }, steps }: Draft, table: WantedTable, existing: ExistingTable): void {
  if (dialect.name === 'mysql') return
  const wanted = new Set(table.indexes.map(({ name }) => name))
  for (const name of existing.indexes.keys())
    if (ruleOfIndex(table.name, name) !== undefined && !wanted.has(name)) steps.dropIndexes.push(`drop index ${dialect.quoteName(name)}`)
}

/** A query for records that break the rule of an index; undefined where that is known only once a column is there. */
function brokenBy({ session: { dialect } }: Draft, table: WantedTable, index: WantedIndex, added: ReadonlySet<string>): string | undefined {
  const [computed] = dialect.name === 'mysql' ? (index.columns ?? []) : []
  const type = table.columns.find(({ name }) => name === computed)?.type
  const isNew = [...added].some((name) => name !== computed && (type ?? index.sql).includes(dialect.quoteName(name)))
  if (isNew) return undefined
  return type === undefined ? duplicatesOfIndex(index.sql) : duplicatesOfColumn(dialect.quoteName(table.name), type)
}

async function planIndex(
  draft: Draft,
  table: WantedTable,
  index: WantedIndex,
  existing: ExistingTable,
  added: ReadonlySet<string>,
): Promise<void> {
  const { session, refused, steps } = draft
  const { quoteName, name: database } = session.dialect
  const twin = existing.indexes.get(index.name)
  const columns = index.columns
  if (twin) {
    const isSame =
      twin.isUnique === index.isUnique &&
      twin.isPartial === (index.where !== undefined) &&
      (columns === undefined || columns.every((column, at) => column === twin.columns[at]))
    if (isSame && (columns === undefined || twin.columns.length === columns.length)) return
    steps.dropIndexes.push(
      database === 'mysql' ? `drop index ${quoteName(index.name)} on ${quoteName(table.name)}` : `drop index ${quoteName(index.name)}`,
    )
  }
  const rule = index.isUnique ? ruleOfIndex(table.name, index.name) : undefined
  if (rule !== undefined) {
    const broken = brokenBy(draft, table, index, added)
    if (broken !== undefined && (await holds(session, broken))) {
      refused.push({ kind: 'duplicate-values', table: table.name, message: brokenRule(table.name, rule, broken), isBlocking: true })
      return
    }
  } else if (index.isUnique && columns !== undefined && !columns.some((column) => added.has(column))) {
    const names = columns.map(quoteName)
    const conditions = [...(index.where === undefined ? [] : [`(${index.where})`]), ...names.map((name) => `${name} is not null`)]
    const duplicates = `select ${names.join(', ')} from ${quoteName(table.name)} where ${conditions.join(' and ')} group by ${names.join(', ')} having count(*) > 1`
    if (await holds(session, duplicates)) {
      refused.push({
        kind: 'duplicate-values',
        table: table.name,
        ...(columns.length === 1 ? { column: columns[0] as string } : {}),
        message: `${columns.map((column) => `"${column}"`).join(', ')} of table "${table.name}" is to be unique, but some values occur more than once. Find and change them: ${duplicates}`,
        isBlocking: true,
      })
      return
    }
  }
  steps.createIndexes.push(index.sql)
}

async function planReference(draft: Draft, table: WantedTable, reference: WantedReference, added: ReadonlySet<string>): Promise<void> {
  const { session, shape, refused, steps } = draft
  if (shape.references.has(`${table.name} ${reference.name}`)) return
  if (!added.has(reference.column)) {
    const { quoteName } = session.dialect
    const column = `t.${quoteName(reference.column)}`
    const target = shape.tables.has(reference.table)
      ? ` and not exists (select 1 from ${quoteName(reference.table)} as r where r.${quoteName(reference.targetColumn)} = ${column})`
      : ''
    if (await holds(session, `select 1 as c1 from ${quoteName(table.name)} as t where ${column} is not null${target}`)) {
      refused.push({
        kind: 'dangling-reference',
        table: table.name,
        column: reference.column,
        message: `${ref(table.name, reference.column)} is to refer to "${reference.table}", but some rows refer to nothing there: deletion is not checked until they do. Then run: ${reference.sql}`,
        isBlocking: false,
      })
      return
    }
  }
  steps.addReferences.push(reference.sql)
}

/** Columns and tables that the schema does not have: told when they were ours and hold something, or when they are in the way. */
async function planDropped({ session, shape, owned, refused, steps }: Draft, wanted: WantedSchema): Promise<void> {
  const { quoteName } = session.dialect
  const wantedByName = new Map(wanted.tables.map((table) => [table.name, new Set(table.columns.map((column) => column.name))]))
  for (const table of shape.tables.values()) {
    const columns = wantedByName.get(table.name)
    const ours = Object.hasOwn(owned, table.name) ? new Set(owned[table.name]) : undefined
    if (!columns) {
      if (ours && (await holds(session, `select 1 as c1 from ${quoteName(table.name)}`)))
        refused.push({
          kind: 'dropped-table',
          table: table.name,
          message: `The table "${table.name}" is no longer in the schema but has rows, so it stays. To drop it by hand: drop table ${quoteName(table.name)}`,
          isBlocking: false,
        })
      continue
    }
    for (const column of table.columns.values()) {
      if (columns.has(column.name)) continue
      const drop = `alter table ${quoteName(table.name)} drop column ${quoteName(column.name)}`
      // What is computed from other columns can be computed again.
      if (column.isGenerated) {
        if (ours?.has(column.name)) steps.dropColumns.push(drop)
      } else if (column.isNotNull && !column.hasDefault)
        refused.push({
          kind: 'required-column',
          table: table.name,
          column: column.name,
          message: `${ref(table.name, column.name)} is NOT NULL without a default and the schema does not have it, so no record could be created. To drop it by hand: ${drop}`,
          isBlocking: true,
        })
      else if (
        ours?.has(column.name) &&
        (await holds(session, `select 1 as c1 from ${quoteName(table.name)} where ${quoteName(column.name)} is not null`))
      )
        refused.push({
          kind: 'dropped-column',
          table: table.name,
          column: column.name,
          message: `${ref(table.name, column.name)} is no longer in the schema but holds data, so it stays. To drop it by hand: ${drop}`,
          isBlocking: false,
        })
    }
  }
}
