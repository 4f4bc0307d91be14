import type {
  BooleanFilter,
  JsonPathFilter,
  ListFilter,
  Logic,
  NumberFilter,
  OptionFilter,
  StructureFilter,
  TextFilter,
} from '../../runtime-lite/types/index.ts'

/**
 * What may be said about the records of one object, known by the type of a record alone: `RecordFilter<HookRecords['task']>`. Fields of related records and
 * values inside JSON are written as paths: `'account.status'`.
 */
export type RecordFilter<Record> = { readonly [Field in keyof Record]?: FieldFilter<Record[Field]> } & {
  readonly [path: `${string}.${string}`]: JsonPathFilter
} & Logic<RecordFilter<Record>>

/** In brackets: a union is one value here, not several types. */
type FieldFilter<Value> = unknown extends Value ? unknown : FilterOf<NonNullable<Value>>

type FilterOf<Value> = [Value] extends [boolean]
  ? BooleanFilter
  : [Value] extends [number]
    ? NumberFilter
    : [Value] extends [string]
      ? TextOrOption<Value>
      : [Value] extends [readonly (infer Item)[]]
        ? ListFilter<Item>
        : StructureFilter

/** Dates, instants and ids are texts among records. */
type TextOrOption<Value extends string> = string extends Value ? TextFilter | Date : OptionFilter<Value>

/** Puts conditions together. What is undefined is left out, so that a condition may depend on something. */
export interface Conditions<Filter> {
  /** One condition, checked. */
  where(condition: Filter): Filter
  /** All of them. Of none: every record. */
  and(...conditions: readonly (Filter | undefined)[]): Filter
  /** At least one of them. Of none: no record. */
  or(...conditions: readonly (Filter | undefined)[]): Filter
  not(condition: Filter): Filter
}

const CONDITIONS: Conditions<object> = {
  where: (condition) => condition,
  and: (...conditions) => allOf(conditions),
  or(...conditions) {
    const said = conditions.filter((condition) => condition !== undefined)
    return said.length === 1 ? (said[0] as object) : said.length === 0 ? NOTHING : { $or: said }
  },
  not: (condition) => ({ $not: condition }),
}

/** Every record has an id. */
const NOTHING = { id: null }

/** Conditions that must all hold, as one. */
export function allOf(conditions: readonly (object | undefined)[]): object {
  const said = conditions.filter((condition) => condition !== undefined && Object.keys(condition).length > 0)
  return said.length === 1 ? (said[0] as object) : said.length === 0 ? {} : { $and: said }
}

/**
 * Conditions on one object, for `where` anywhere: `const { and, not } = conditionsOn<HookRecords['task']>()`. For `app.objects` take the generated filter:
 * `conditionsOn<Task, TaskFilter>()`.
 */
export const conditionsOn = <Record, Filter = RecordFilter<Record>>(): Conditions<Filter> => CONDITIONS as unknown as Conditions<Filter>
