import type { Session } from './session.ts'

/** What a database has, as far as a migration looks at it. */
export interface RemoteShape {
  readonly tables: ReadonlyMap<string, ExistingTable>
  /** Views and the like: their names are taken. */
  readonly others: ReadonlySet<string>
  /** Names of foreign keys, as `<table> <name>`. */
  readonly references: ReadonlySet<string>
}

export interface ExistingTable {
  readonly name: string
  readonly columns: ReadonlyMap<string, ExistingColumn>
  readonly indexes: ReadonlyMap<string, ExistingIndex>
}

export interface ExistingColumn {
  readonly name: string
  readonly type: string
  readonly isNotNull: boolean
  /** The database fills it in. */
  readonly hasDefault: boolean
  readonly isKey: boolean
  readonly isGenerated: boolean
}

export interface ExistingIndex {
  readonly isUnique: boolean
  readonly isPartial: boolean
  /** Undefined for what is no plain column. */
  readonly columns: readonly (string | undefined)[]
}

interface ShapeQueries {
  /** table, is a table, column, type, not null, has a default, is the key, is computed */
  readonly columns: string
  /** table, index, is unique, column in order */
  readonly indexes: string
  /** table, name */
  readonly references: string
}

const POSTGRES_SCHEMA = '(select oid from pg_namespace where nspname = current_schema())'

const POSTGRES: ShapeQueries = {
  columns: `select c.relname::text as c1, (c.relkind in ('r', 'p'))::int::text as c2, a.attname::text as c3, format_type(a.atttypid, a.atttypmod) || coalesce((select ' collate ' || quote_ident(l.collname) from pg_collation as l where l.oid = a.attcollation and l.collname <> 'default'), '') as c4, a.attnotnull::int::text as c5, (a.atthasdef or a.attidentity <> '')::int::text as c6, exists (select 1 from pg_index as i where i.indrelid = c.oid and i.indisprimary and a.attnum = any (i.indkey))::int::text as c7, (a.attgenerated <> '')::int::text as c8 from pg_class as c left join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relnamespace = ${POSTGRES_SCHEMA} and c.relkind in ('r', 'p', 'v', 'm', 'f') order by c.oid, a.attnum`,
  indexes: `select t.relname::text as c1, c.relname::text as c2, i.indisunique::int::text as c3, a.attname::text as c4, (i.indpred is not null)::int::text as c5 from pg_index as i join pg_class as c on c.oid = i.indexrelid join pg_class as t on t.oid = i.indrelid cross join unnest(i.indkey) with ordinality as k (attnum, position) left join pg_attribute as a on a.attrelid = t.oid and a.attnum = k.attnum and k.attnum > 0 where t.relnamespace = ${POSTGRES_SCHEMA} order by c.oid, k.position`,
  references: `select t.relname::text as c1, f.conname::text as c2 from pg_constraint as f join pg_class as t on t.oid = f.conrelid where f.contype = 'f' and t.relnamespace = ${POSTGRES_SCHEMA}`,
}

const MYSQL: ShapeQueries = {
  columns: `select t.table_name as c1, t.table_type = 'BASE TABLE' as c2, c.column_name as c3, c.column_type as c4, c.is_nullable = 'NO' as c5, c.column_default is not null or c.extra <> '' as c6, c.column_key = 'PRI' as c7, coalesce(c.generation_expression, '') <> '' as c8 from information_schema.tables as t left join information_schema.columns as c on c.table_schema = t.table_schema and c.table_name = t.table_name where t.table_schema = database() order by t.table_name, c.ordinal_position`,
  indexes: `select table_name as c1, index_name as c2, non_unique = 0 as c3, case when sub_part is null then column_name end as c4, 0 as c5 from information_schema.statistics where table_schema = database() order by table_name, index_name, seq_in_index`,
  references: `select table_name as c1, constraint_name as c2 from information_schema.referential_constraints where constraint_schema = database()`,
}

export async function readShape(session: Session): Promise<RemoteShape> {
  const queries = session.dialect.name === 'postgres' ? POSTGRES : MYSQL
  const rows = async (sql: string): Promise<readonly (readonly (string | undefined)[])[]> => {
    const result = await session.run({ sql, kinds: [], isRead: true }, [])
    return result.rows.map((row) => row.map((value) => (value === null ? undefined : String(value))))
  }
  const tables = new Map<string, { name: string; columns: Map<string, ExistingColumn>; indexes: Map<string, ExistingIndex> }>()
  const others = new Set<string>()
  for (const [table = '', isTable, column, type = '', isNotNull, hasDefault, isKey, isGenerated] of await rows(queries.columns)) {
    if (isTable !== '1') {
      others.add(table)
      continue
    }
    const known = tables.get(table) ?? { name: table, columns: new Map(), indexes: new Map() }
    tables.set(table, known)
    if (column !== undefined)
      known.columns.set(column, {
        name: column,
        type,
        isNotNull: isNotNull === '1',
        hasDefault: hasDefault === '1',
        isKey: isKey === '1',
        isGenerated: isGenerated === '1',
      })
  }
  for (const [table = '', name = '', isUnique, column, isPartial] of await rows(queries.indexes)) {
    const indexes = tables.get(table)?.indexes
    indexes?.set(name, {
      isUnique: isUnique === '1',
      isPartial: isPartial === '1',
      columns: [...(indexes.get(name)?.columns ?? []), column],
    })
  }
  const references = new Set((await rows(queries.references)).map(([table, name]) => `${table} ${name}`))
  return { tables, others, references }
}
