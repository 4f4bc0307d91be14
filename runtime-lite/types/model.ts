/**
 * The types of one object, gathered so that the calls of client and server are written once. Generated code declares one per
 * object (`AccountModel`); every member is a plain interface.
 */
export interface AnyModel {
  /** A record as it is read. */
  record: object
  create: object
  update: object
  filter: object
  sort: object
  expand: object
  /** Values of a unique key. */
  key: object
  /** Lookups. */
  relations: Relations
  /** Records of other objects that point here. */
  children: Relations
}

/** Field of a relation → model of the object it points at. */
export interface Relations {
  // biome-ignore lint/suspicious/noExplicitAny: a model. Its members would be compared with those of AnyModel, relation by relation, until TypeScript gives up.
  readonly [relation: string]: any
}

/** Stands in for the relations of an object that has none. */
export type NoRelations = Readonly<Record<never, never>>

/** Stands in for the `expand` of an object without relations. */
export interface NoExpand {
  readonly [relation: string]: never
}

/** How one relation is read: whole, or some fields of it, or with relations of its own. */
export type Expand<Model extends AnyModel> = true | ExpandQuery<Model>

/** How records that point here are read: all of them, or those that match, in an order, so many. */
export type ExpandMany<Model extends AnyModel> = true | ExpandManyQuery<Model>

export interface ExpandQuery<Model extends AnyModel> {
  select?: readonly (keyof Model['record'])[]
  expand?: Model['expand']
}

export interface ExpandManyQuery<Model extends AnyModel> extends ExpandQuery<Model> {
  /** Conditions. Those that stand side by side must all hold. */
  where?: Model['filter']
  orderBy?: Model['sort'] | readonly Model['sort'][]
  /** How many records at most, for each record of the page. */
  limit?: number
  offset?: number
}

declare const notExpanded: unique symbol

/**
 * Marks a read without `expand`. Part of a default type argument that editors also take their suggestions from, so the rest of
 * that argument is what `expand` may hold.
 */
export interface NotExpanded {
  readonly [notExpanded]: true
}
