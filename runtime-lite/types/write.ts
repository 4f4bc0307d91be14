import type { ProblemCode, ProblemEntry } from '../problem/problem.ts'
import type { RecordWarning, RuleWarning } from '../problem/rule-warning.ts'
import type { AnyModel } from './model.ts'

/**
 * A new record. A lookup takes an id, or the record to create or to connect; records that point here can be created or connected along.
 * All of it happens, or none.
 */
export type CreateValues<Model extends AnyModel> = {
  [Name in keyof Model['create']]: Name extends keyof Model['relations']
    ? Model['create'][Name] | NestedRecord<Model['relations'][Name]>
    : Model['create'][Name]
} & { readonly [Name in keyof Model['children']]?: NestedChildren<Model['children'][Name]> }

/** A change: what is absent stays, null clears, `{ $inc: 1 }` works on a number whatever it is by then. */
export type Changes<Model extends AnyModel> = {
  [Name in keyof Model['update']]: Name extends keyof Model['relations']
    ? Model['update'][Name] | NestedRecord<Model['relations'][Name]> | Disconnect
    : number extends Model['update'][Name]
      ? Model['update'][Name] | Increment
      : Model['update'][Name]
} & { readonly [Name in keyof Model['children']]?: NestedChanges<Model['children'][Name]> }

/** As `Changes`, for several records at once: without related records. */
export type ChangesOfMany<Model extends AnyModel> = {
  [Name in keyof Model['update']]: number extends Model['update'][Name] ? Model['update'][Name] | Increment : Model['update'][Name]
}

/** Changes a number in the database: nothing another writer does in between is lost. One of the three. */
export interface Increment {
  $inc?: number
  $dec?: number
  $mul?: number
}

export interface NestedRecord<Model extends AnyModel> {
  create?: CreateValues<Model>
  /** Id of a record, or values of a unique key. */
  connect?: string | Model['key']
}

/** Empties the lookup. */
export interface Disconnect {
  disconnect: true
}

type OneOrMore<Value> = Value | readonly Value[]

export interface NestedChildren<Model extends AnyModel> {
  /** New records that point here. */
  create?: OneOrMore<ChildValues<Model>>
  /** Ids, or values of a unique key, of records that will point here. */
  connect?: OneOrMore<string | Model['key']>
}

/** A new record without the lookup that the relation sets: no lookup has to be there. */
export type ChildValues<Model extends AnyModel> = Omit<CreateValues<Model>, keyof Model['relations']> &
  Partial<Pick<CreateValues<Model>, keyof Model['relations'] & keyof Model['create']>>

export interface NestedChanges<Model extends AnyModel> extends NestedChildren<Model> {
  /** Records that will no longer point here. */
  disconnect?: OneOrMore<string | Model['key']>
  /** Records that point here and go. */
  delete?: OneOrMore<string | Model['key']>
  update?: OneOrMore<{ id: string; changes: Changes<Model> }>
}

/** A record as a write resolves to it, of an object with rules of severity `warning` or `info`. */
export type Told<Model extends AnyModel> = Model['record'] & {
  /** What rules say about what was written, of records that were written along too. Absent: nothing. */
  readonly '@warnings'?: readonly RuleWarning[]
}

/** Which of the records that match comes first. */
export interface FirstOptions<Model extends AnyModel> {
  orderBy?: Model['sort'] | readonly Model['sort'][]
  /** The record as it is afterwards (default), or as it was. */
  returning?: 'new' | 'old'
}

export interface ManyOptions {
  /** Nothing is done when more records than this match. Default: any number. */
  maxAffected?: number
  /** Called once after the write where rules of severity `warning` or `info` say something: the first 100 of what they say, and how much it is in all. */
  warnings?: (first: readonly RecordWarning[], total: number) => void
}

export interface CloneOptions<Model extends AnyModel> {
  /** Relations to many whose records are cloned along. Default: none. */
  readonly children?: readonly (keyof Model['children'] & string)[]
}

/** Which entries of a history. */
export interface HistoryPage {
  /** 1 to 200. Default 50. */
  readonly limit?: number
  /** `id` of the last entry of the page before. */
  readonly before?: string
}

/** One change of one tracked field. */
export interface HistoryEntry {
  readonly id: string
  readonly field: string
  readonly old: unknown
  readonly new: unknown
  /** Who changed it. Null while nobody signs in. */
  readonly by: string | null
  /** ISO 8601, UTC. */
  readonly at: string
}

/** What became of one record of `createMany(…, { atomic: false })`. */
export interface CreateResult<Row> {
  /** Position in the input. */
  readonly index: number
  readonly id?: string
  readonly record?: Row
  /** Why it was not created. */
  readonly error?: RowError
}

export interface RowError {
  readonly status: number
  readonly code: ProblemCode
  readonly errors?: readonly ProblemEntry[]
}

export interface UpsertOptions<Model extends AnyModel> {
  /** Fields of a unique key: records are the same when these values are. Default: `id`. */
  on?: readonly KeyFields<Model>[]
}

/** Fields of a unique key. */
export type KeyFields<Model extends AnyModel> = 'id' | KeyField<Model['key']>
type KeyField<Key> = Key extends object ? keyof Key : never
