import type { AnyModel, NotExpanded } from './model.ts'

/**
 * What a read returns: the whole record, or the selected fields, with expanded relations in place of their ids. Evaluated for
 * every call, so it is written to instantiate little: nothing distributes over the fields of a record.
 */
export type Result<Model extends AnyModel, Field extends keyof Model['record'], Expansion> = Expansion extends NotExpanded
  ? [Field] extends [never]
    ? Model['record']
    : Pick<Model['record'], Field>
  : [Field] extends [never]
    ? Expanded<Model, Model['record'], Expansion>
    : ExpandedPick<Model, Field, Expansion>

type Expanded<Model extends AnyModel, Row, Expansion> = keyof Expansion extends keyof Row
  ? ExpandedRow<Model, Row, Expansion>
  : ExpandedRow<Model, Row, Expansion> & Children<Model, Exclude<keyof Expansion, keyof Row>, Expansion>

type ExpandedRow<Model extends AnyModel, Row, Expansion> = {
  [Name in keyof Row]: Name extends keyof Expansion
    ? Name extends keyof Model['relations']
      ? Row[Name] extends string | null
        ? Target<Model['relations'][Name], Expansion[Name]> | (Row[Name] & null)
        : (Target<Model['relations'][Name], Expansion[Name]> | string)[] | (Row[Name] & null)
      : never
    : Row[Name]
}

type ExpandedPick<Model extends AnyModel, Field extends keyof Model['record'], Expansion> = Pick<
  Model['record'],
  Exclude<Field, keyof Expansion>
> & {
  [Name in keyof Expansion]-?: Name extends keyof Model['record']
    ? Related<Model['record'][Name], Model['relations'][Name & string], Expansion[Name]>
    : Child<Model['children'][Name & string], Expansion[Name]>[]
}

/** Records that point here: they have no field of their own. */
type Children<Model extends AnyModel, Names extends keyof Expansion, Expansion> = {
  [Name in Names]-?: Child<Model['children'][Name & string], Expansion[Name]>[]
}

/**
 * A relation keeps the null of its field. A foreign key keeps single ids valid, so only a list, which has none, may still hold
 * the id of a missing record. Records that point here are a list without gaps.
 */
type Related<Value, Model extends AnyModel, Query> = [Value] extends [string | null]
  ? Target<Model, Query> | (Value & null)
  : (Target<Model, Query> | string)[] | (Value & null)

/** The record a relation leads to, as the query reads it; an id where the query may turn out to be absent. */
type Target<Model extends AnyModel, Query> = Query extends object | true ? Child<Model, Query> : string

type Child<Model extends AnyModel, Query> = Query extends true
  ? Model['record']
  : Query extends { readonly select: readonly (infer Field extends keyof Model['record'])[] }
    ? Query extends { readonly expand: infer Expansion }
      ? ExpandedPick<Model, Field, Expansion>
      : Pick<Model['record'], Field>
    : Query extends { readonly expand: infer Expansion }
      ? Expanded<Model, Model['record'], Expansion>
      : Model['record']
