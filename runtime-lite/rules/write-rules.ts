import type { RulesPlan } from './rules-plan.ts'

type Maybe<Value> = import('../database/session.ts').Maybe<Value>
type WriteContext = import('../object/write-context.ts').WriteContext
type Created = import('../object/write-context.ts').Created
type StoredRecord = import('../object/write-context.ts').StoredRecord
type RawRecord = import('../object/object-plan.ts').RawRecord
type Fold = import('./fold-transitions.ts').Fold
type ChangedFields = import('../query/print/print-write.ts').ChangedFields

/** A record that is about to be created: valid by itself, defaults not filled in. */
export interface NewRecord {
  readonly id: string
  readonly input: RawRecord
  /** Where it stands in the request. */
  readonly at: string
}

/** A change of one record or of many. */
export interface RuledChange {
  readonly ids: readonly string[]
  readonly changed: ChangedFields
  readonly values: RawRecord
  readonly at: string
}

/**
 * The rules of one object around its writes: one place for each kind of write of the plain store. A broken rule throws (or rejects with) ObjectQLError 422
 * before anything is written; writes that count up are looked at after their statement, in the same transaction. Warnings go into what `write` gives.
 */
export interface WriteRules {
  readonly plan: RulesPlan
  /** Some rule asks a function or an address: writes run in a transaction of their own. */
  readonly waits: boolean
  /** There is something to check on create. */
  readonly onCreate: boolean
  readonly onDelete: boolean
  /** There is something to check where these fields are written. */
  onUpdate(changed: ChangedFields): boolean
  /** All there is to check of a change of one record, as a part of its statement: then `update` is not called. Undefined: it is. */
  fold(changed: ChangedFields, values: RawRecord): Fold | undefined
  /** Why a statement with a fold found nothing in a record that is there. @throws ObjectQLError 422 for a transition that is not allowed. */
  explain(context: WriteContext, record: RawRecord, change: Pick<RuledChange, 'values' | 'at'>): undefined
  create(
    context: WriteContext,
    records: readonly NewRecord[],
    time: number,
    write: (context: WriteContext) => Maybe<readonly Created[]>,
  ): Maybe<readonly Created[]>
  /** In the transaction of the context. */
  update(context: WriteContext, id: string, change: Omit<RuledChange, 'ids'>, write: () => Maybe<StoredRecord>): Maybe<StoredRecord>
  /** What is told of a record that breaks a unique rule which an index holds. @throws MissingPlan */
  readonly indexedIssue: typeof import('./indexed-issue.ts').indexedIssue
  /** In the transaction of the context; the records are locked. */
  updateMany<Result>(context: WriteContext, change: RuledChange, write: () => Maybe<Result>): Maybe<Result>
  /** In the transaction of the context. */
  delete<Result>(context: WriteContext, ids: readonly string[], remove: () => Maybe<Result>): Maybe<Result>
  /** In the transaction of the context: unique rules hold of what comes out of the trash. */
  restore<Result>(context: WriteContext, ids: readonly string[], write: () => Maybe<Result>): Maybe<Result>
}
