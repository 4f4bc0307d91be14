import type { JsonPathFilter } from './filter.ts'
import type { AnyModel } from './model.ts'
import type { MatchQuery } from './query.ts'
import type { Direction } from './sort.ts'
import type { UnknownKey } from './strict.ts'

/** A field to group by, or one cut to a calendar unit, under a name of its own. */
export type GroupItem<Model extends AnyModel> = keyof Model['record'] | GroupBy<keyof Model['record']>

export interface GroupBy<Field> {
  readonly field: Field
  /** Dates and instants (UTC) cut to it: the group's value is its first day, `YYYY-MM-DD`. Weeks start on Monday. */
  readonly granularity?: 'day' | 'week' | 'month' | 'quarter' | 'year'
  /** Default: the name of the field. */
  readonly alias?: string
}

/** What to work out for each group: one function of one field, `{ sum: 'amount' }`, or `{ count: true }` for the number of records. */
export interface Aggregation<Model extends AnyModel> {
  readonly count?: true | keyof Model['record']
  readonly count_distinct?: keyof Model['record']
  readonly sum?: keyof Model['record']
  readonly avg?: keyof Model['record']
  readonly min?: keyof Model['record']
  readonly max?: keyof Model['record']
  /** Only records that meet it. */
  readonly filter?: Model['filter']
}

export interface Aggregations<Model extends AnyModel> {
  readonly [alias: string]: Aggregation<Model>
}

export interface AggregateQuery<Model extends AnyModel, Group = GroupItem<Model>, Asked = Aggregations<Model>> extends MatchQuery<Model> {
  /** One row for each combination of values. Default: one row for all records. */
  groupBy?: readonly Group[]
  /** What to work out, under the names it has in the rows. */
  aggregations: Asked & StrictAggregations<Asked, Model>
  /** Which rows to keep, by what was worked out for them. */
  having?: { readonly [Alias in keyof Asked]?: JsonPathFilter }
  /** Default: by the groups. */
  orderBy?: { readonly [Alias in keyof Asked | NameOf<Group>]?: Direction }
  limit?: number
  offset?: number
}

type StrictAggregations<Asked, Model extends AnyModel> =
  WrongPart<Asked, Model> extends never ? unknown : WrongInAggregations<WrongPart<Asked, Model>>

/** Options that mean nothing, fields that have no sum, and unknown keys of filters. */
type WrongPart<Asked, Model extends AnyModel> = {
  [Alias in keyof Asked]-?: keyof Asked[Alias] extends 'count' | 'count_distinct' | 'min' | 'max'
    ? never
    : keyof Asked[Alias] extends 'sum' | 'avg'
      ? NoNumber<Model['record'], Asked[Alias][keyof Asked[Alias]]>
      : WrongOption<Asked[Alias], Model>
}[keyof Asked]

type WrongOption<Query, Model extends AnyModel> =
  | Exclude<keyof Query, 'count' | 'count_distinct' | 'sum' | 'avg' | 'min' | 'max' | 'filter'>
  | NoNumber<Model['record'], Query[keyof Query & ('sum' | 'avg')]>
  | UnknownKey<Query[keyof Query & 'filter'], Model['filter']>

type NoNumber<Row, Field> = Field extends keyof Row ? (Row[Field] extends number | null ? never : Field) : never

declare const unknown: unique symbol

/** What aggregations with parts that mean nothing are compared with: compile errors show its name and the part. */
export interface WrongInAggregations<Key> {
  readonly [unknown]: Key
}

/** One group: its values and what was worked out for it. Sums, averages, smallest and largest of nothing are null. */
export type AggregateRow<Model extends AnyModel, Group, Asked> = {
  [Item in Group as NameOf<Item>]: GroupValue<Model['record'], Item>
} & { [Alias in keyof Asked]: AggregateValue<Model['record'], Asked[Alias]> }

type NameOf<Item> = Item extends string
  ? Item
  : Item extends { readonly alias: infer Alias extends string }
    ? Alias
    : Item extends { readonly field: infer Field extends string }
      ? Field
      : never

type GroupValue<Row, Item> = Item extends keyof Row
  ? Row[Item]
  : Item extends { readonly granularity: string }
    ? string | null
    : Item extends { readonly field: infer Field extends keyof Row }
      ? Row[Field]
      : never

type AggregateValue<Row, Item> = Item extends { readonly count: unknown } | { readonly count_distinct: unknown }
  ? number
  : Item extends { readonly min: infer Field extends keyof Row } | { readonly max: infer Field extends keyof Row }
    ? Row[Field] | null
    : number | null
