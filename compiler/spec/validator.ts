import type { ContextOf, DataApi } from './hook.ts'

type Row = { readonly [field: string]: unknown }

/** What a function of a `*.validator.ts` is called with. `Record`: the record of its object. */
export interface ValidatorContextOf<Record, Api>
  extends Omit<ContextOf<Api>, 'event' | 'operation' | 'query' | 'state' | 'stopPropagation' | 'transaction'> {
  /** Name of the rule that asks. */
  readonly rule: string
  readonly operation: 'create' | 'update' | 'delete'
  readonly id: string
  /** The record as it will be: defaults filled in, on update the stored one with the changes over it. On deletion as it is. */
  readonly record: Readonly<Partial<Record>>
  /** The record as it was; undefined on create. */
  readonly previous: Readonly<Partial<Record>> | undefined
  /** The field of the rule, if it names one, and what the record holds there. */
  readonly field: string | undefined
  readonly value: unknown
  /** What the rule says under `params`. */
  readonly params: Row
  /** One of many records of one write. */
  readonly isBulk: boolean
  /** Aborted when the time of the rule is over, and when the write ends. */
  readonly signal: AbortSignal
}

/** What fits every object. */
export interface ValidatorContext extends ValidatorContextOf<Row, DataApi> {}

/**
 * What a validator says: true, null or nothing where the record is right; false, or the message, where it is not. `params` fill the message of the rule.
 */
export type ValidatorAnswer =
  | boolean
  | string
  | null
  | undefined
  | { readonly valid: boolean; readonly message?: string; readonly params?: Readonly<{ [name: string]: unknown }> }

/** A validator, as `*.validator.ts` exports it. What it throws with `new Error('…')` is the message. */
export type ValidatorOf<Context> = (context: Context) => ValidatorAnswer | Promise<ValidatorAnswer>

export type Validator = ValidatorOf<ValidatorContext>
