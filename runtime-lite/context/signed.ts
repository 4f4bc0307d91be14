import type { ObjectPlan, RawRecord } from '../object/object-plan.ts'
import { isPlainObject, ownValue } from '../validate/plain-object.ts'
import { currentContext, type RequestContext } from './request-context.ts'

/** Fields of an object that say who it was. */
export interface SignedFields {
  /** Get the user where the input says nothing. */
  readonly defaults?: readonly string[]
  /** Get the user who creates the record, whatever the input says. */
  readonly created?: readonly string[]
  /** Get the user who changes the record, whatever the input says. */
  readonly changed?: readonly string[]
  /** Get the space of the user who creates the record. */
  readonly space?: readonly string[]
}

type Validate = ObjectPlan['validateCreate']

/** A validator of new records that fills in who creates them first: so a required field is there when it is looked at. */
export const signedCreate =
  (validate: Validate, { defaults = [], created = [], changed = [], space = [] }: SignedFields): Validate =>
  (input, at) => {
    const context = currentContext()
    if (context && isPlainObject(input)) {
      const id = context.user?.id ?? null
      for (const field of defaults) if (ownValue(input, field) === undefined) sign(input, field, id)
      for (const field of created) stamp(context, input, field, id)
      for (const field of changed) stamp(context, input, field, id)
      for (const field of space) stamp(context, input, field, context.user?.spaceId ?? null)
    }
    return validate(input, at)
  }

/** Changes with who makes them. Where nothing said who asks, such fields are like any other. */
export function signedChange({ changedBy }: ObjectPlan, values: RawRecord): RawRecord {
  const context = changedBy && currentContext()
  if (!context) return values
  const signed = { ...values }
  for (const field of changedBy) stamp(context, signed, field, context.user?.id ?? null)
  return signed
}

/** Clients do not say who they are; the application itself may. */
function stamp({ isSystem }: RequestContext, record: RawRecord, field: string, value: string | null): void {
  if (!(isSystem && ownValue(record, field) !== undefined)) sign(record, field, value)
}

/** An absent value stays absent rather than becoming null: a required field is missed where nobody asks. */
function sign(record: RawRecord, field: string, value: string | null): void {
  if (value === null && ownValue(record, field) === undefined) return
  Object.defineProperty(record, field, { value, enumerable: true, writable: true, configurable: true })
}
