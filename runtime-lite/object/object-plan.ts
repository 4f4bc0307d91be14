import type { Issue } from '../problem/issue.ts'
import type { Expression } from '../query/ast.ts'
import type { KeptPlan } from './kept-plan.ts'
import type { SqlValue } from './sql-value.ts'
import type { TrashPlan, TrashTargetPlan } from './trash/trash-plan.ts'

export type { SqlValue }

/** How a column holds a field, which decides how values go in and come out. */
export type ColumnKind = 'text' | 'integer' | 'real' | 'boolean' | 'date' | 'datetime' | 'time' | 'option' | 'id' | 'json' | 'list'

/** One field as queries see it. */
export interface FieldPlan {
  readonly kind: ColumnKind
  /** Physical column when it is not the field's own name. */
  readonly column?: string
  /** Object a lookup points at, when it can be expanded. */
  readonly target?: string
  /** Option values in their authored spelling. */
  readonly options?: readonly (string | number)[]
  /** password, secret: never read, filtered or sorted by. */
  readonly isWriteOnly?: true
  /** Decimals of a number that databases with exact numbers store as a decimal. */
  readonly scale?: number
  /** What a JSON column holds, where queries can do more with it. */
  readonly shape?: 'location' | 'vector'
  /** Numbers of a vector, where the schema says how many. */
  readonly dimensions?: number
  /** What the field is worked out from; it has no column and is never written. */
  readonly formula?: Expression
  /** Never null in the database: `id`, `created_at`, `updated_at`. */
  readonly isNotNull?: true
}

/** A to-many relation: the records of `object` whose lookup `field` points here. */
export interface ChildrenPlan {
  readonly object: string
  readonly field: string
}

export interface IndexPlan {
  /** Field names. */
  readonly fields: readonly string[]
  readonly isUnique: boolean
}

/** A record as it comes from JSON: values not looked at yet. */
export type RawRecord = { [field: string]: unknown }

/**
 * Everything the compiler decided about one object. `plans/<object>.ts` exports one; the functions in `runtime-lite/object`
 * run it. SQL is constant text, values travel as parameters only.
 */
export interface ObjectPlan extends KeptPlan {
  readonly name: string
  readonly label: string
  /** Quoted table name. */
  readonly table: string
  readonly fields: Readonly<Record<string, FieldPlan>>
  /** JSON text of one record, an expression over the table's own columns. */
  readonly json: string
  /** The same for other databases, of objects with formulas; those of others are printed when they are needed. */
  readonly records?: Readonly<Record<'postgres' | 'mysql' | 'mariadb', string>>
  /** id → JSON text, version. */
  readonly get: string
  /** All columns in order → nothing: the new record is read by `get`. */
  readonly insert: string
  /** id → nothing; the count of changed rows says whether it existed. */
  readonly delete: string
  /** Parameters of `insert` after id: defaults filled in, kinds converted. `now` is an ISO instant. */
  insertValues(id: string, input: object, now: string): SqlValue[]
  readonly validateCreate: (input: unknown, at?: string) => readonly Issue[] | undefined
  readonly validateUpdate: (input: unknown, at?: string) => readonly Issue[] | undefined
  /** Unique keys: field names, for messages and `get` by key. */
  readonly uniqueKeys: readonly (readonly string[])[]
  /** Lookups with a foreign key: field → target table (quoted) and object name. */
  readonly references: Readonly<Record<string, string>>
  readonly methods: readonly ApiMethod[]
  /** To-many relations by name. A field of the same name wins. */
  readonly children?: Readonly<Record<string, ChildrenPlan>>
  /** Indexes of the generated schema besides the primary key. */
  readonly indexes?: readonly IndexPlan[]
  /** Fields of the full-text index, in order. */
  readonly searchable?: readonly string[]
  /** Deleted records stay until they are purged; absent: deleting is final. */
  readonly trash?: TrashPlan
  /** Lookups to objects with a trash. */
  readonly trashTargets?: Readonly<Record<string, TrashTargetPlan>>
  /** Fields that get the user who changes a record. */
  readonly changedBy?: readonly string[]
  /** Validation rules; objects without any have no such member, and their writes no check for it. */
  readonly rules?: WriteRules
  /** Fields that clients only read, of this object or of those that are written along; absent: there are none. */
  readonly guard?: ReadonlyGuard
  /** Hooks; objects without any have no such member, and their operations no check for it. */
  readonly behaviour?: Behaviour
  /** Operations beyond reading and writing, by name: loaded with the first that is called. */
  readonly actions?: () => Promise<{ readonly actions: ActionPlans }>
  /** Queries of the schema by name. */
  readonly queries?: Readonly<Record<string, NamedQuery>>
}

type NamedQuery = import('../query/named/named-query.ts').NamedQuery

type WriteRules = import('../rules/write-rules.ts').WriteRules
type ReadonlyGuard = import('../rules/guard-readonly.ts').ReadonlyGuard
type Behaviour = import('../behaviour/behaviour.ts').Behaviour
type ActionPlans = import('../behaviour/action-plan.ts').ActionPlans

export type ApiMethod = 'get' | 'list' | 'create' | 'update' | 'delete'
