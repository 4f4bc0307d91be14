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

/** A change: what is absent stays, null clears, `{ $inc: 1 }` adds to a number whatever it is by then. */
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

/** Adds to a number in the database: nothing another writer does in between is lost. */
export interface Increment {
  $inc: number
}

export interface NestedRecord<Model extends AnyModel> {
  create?: Model['create']
  /** Id of a record. */
  connect?: string
}

/** Empties the lookup. */
export interface Disconnect {
  disconnect: true
}

export interface NestedChildren<Model extends AnyModel> {
  /** New records that point here. */
  create?: Model['create'] | readonly Model['create'][]
  /** Ids of records that will point here. */
  connect?: string | readonly string[]
}

export interface NestedChanges<Model extends AnyModel> extends NestedChildren<Model> {
  /** Ids of records that will no longer point here. */
  disconnect?: string | readonly string[]
  /** Ids of records that point here and go. */
  delete?: string | readonly string[]
  update?: NestedUpdate<Model> | readonly NestedUpdate<Model>[]
}

export interface NestedUpdate<Model extends AnyModel> {
  id: string
  changes: Model['update']
}

/** Which of the records that match comes first. */
export interface FirstOptions<Model extends AnyModel> {
  orderBy?: Model['sort'] | readonly Model['sort'][]
}

export interface UpsertOptions<Model extends AnyModel> {
  /** Fields of a unique key: records are the same when these values are. Default: `id`. */
  on?: readonly KeyFields<Model>[]
}

/** Fields of a unique key. */
export type KeyFields<Model extends AnyModel> = 'id' | KeyField<Model['key']>
type KeyField<Key> = Key extends object ? keyof Key : never
