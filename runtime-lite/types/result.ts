import type { AnyModel } from './model.ts'

/**
 * What a read returns: the whole record, or the selected fields, with expanded relations in place of their ids. Evaluated for
 * every call, so it is written to instantiate little: nothing distributes over the fields of a record.
 */
export type Result<Model extends AnyModel, Field extends keyof Model['record'], Expansion> = [Expansion] extends [never]
  ? [Field] extends [never]
    ? Model['record']
    : Pick<Model['record'], Field>
  : [Field] extends [never]
    ? Expanded<Model['record'], Model['relations'], Expansion>
    : ExpandedPick<Model['record'], Model['relations'], Field, Expansion>

type Expanded<Row, Relations, Expansion> = {
  [Name in keyof Row]: Name extends keyof Expansion & keyof Relations ? Related<Row[Name], Relations[Name], Expansion[Name]> : Row[Name]
}

type ExpandedPick<Row, Relations, Field extends keyof Row, Expansion> = {
  [Name in Field | (keyof Expansion & keyof Row)]: Name extends keyof Expansion & keyof Relations
    ? Related<Row[Name], Relations[Name], Expansion[Name]>
    : Row[Name]
}

/** A foreign key keeps single ids valid, so only a list, which has none, may still hold the id of a missing record. */
type Related<Id, Model, Query> = Id extends readonly unknown[]
  ? (Target<Model, Query> | string)[]
  : Id extends string
    ? Target<Model, Query>
    : Id

type Target<Model, Query> = Model extends AnyModel
  ? Query extends true
    ? Model['record']
    : Query extends { readonly select: readonly (infer Field extends keyof Model['record'])[] }
      ? Result<Model, Field, NestedExpansion<Query>>
      : Query extends object
        ? Result<Model, never, NestedExpansion<Query>>
        : string
  : never

type NestedExpansion<Query> = Query extends { readonly expand: infer Expansion } ? Expansion : never
