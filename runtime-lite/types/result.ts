import type { AnyModel, NotExpanded, Relations } from './model.ts'

/**
 * What a read returns: the whole record, or the selected fields, with expanded relations in place of their ids. Evaluated for
 * every call, so it is written to instantiate little: nothing distributes over the fields of a record.
 */
export type Result<Model extends AnyModel, Field extends keyof Model['record'], Expansion> = Expansion extends NotExpanded
  ? [Field] extends [never]
    ? Model['record']
    : Pick<Model['record'], Field>
  : [Field] extends [never]
    ? Expanded<Model['record'], Model['relations'], Expansion>
    : ExpandedPick<Model['record'], Model['relations'], Field, Expansion>

/**
 * A relation keeps the null of its field. A foreign key keeps single ids valid, so only a list, which has none, may still hold
 * the id of a missing record. (Written out twice: an alias for the two lines would be instantiated for every field read.)
 */
type Expanded<Row, Related extends Relations, Expansion> = {
  [Name in keyof Row]: Name extends keyof Expansion
    ? Name extends keyof Related
      ? Row[Name] extends string | null
        ? Target<Related[Name], Expansion[Name]> | (Row[Name] & null)
        : (Target<Related[Name], Expansion[Name]> | string)[] | (Row[Name] & null)
      : never
    : Row[Name]
}

type ExpandedPick<Row, Related extends Relations, Field extends keyof Row, Expansion> = {
  [Name in Field | (keyof Expansion & keyof Row)]: Name extends keyof Expansion
    ? Name extends keyof Related
      ? Row[Name] extends string | null
        ? Target<Related[Name], Expansion[Name]> | (Row[Name] & null)
        : (Target<Related[Name], Expansion[Name]> | string)[] | (Row[Name] & null)
      : never
    : Row[Name]
}

/** The record a relation leads to, as the query reads it; an id where the query may turn out to be absent. */
type Target<Model extends AnyModel, Query> = Query extends true
  ? Model['record']
  : Query extends { readonly select: readonly (infer Field extends keyof Model['record'])[] }
    ? Query extends { readonly expand: infer Expansion }
      ? ExpandedPick<Model['record'], Model['relations'], Field, Expansion>
      : Pick<Model['record'], Field>
    : Query extends { readonly expand: infer Expansion }
      ? Expanded<Model['record'], Model['relations'], Expansion>
      : Query extends object
        ? Model['record']
        : string
