import { isGivenOnce, isGuarded } from '../6-emit/guarded-fields.ts'
import { writableFields } from '../6-emit/objects/validators.ts'
import type { FieldIr, ObjectIr } from '../ir/object.ts'
import { boundaryValues, invalidValues, validValue } from './field-values.ts'
import { seededRandom } from './seeded-random.ts'

/** A record that has to be refused. */
export interface InvalidRecord {
  readonly field: string
  readonly record: Record<string, unknown>
  /** Code of the error that is expected … */
  readonly code: string
  /** … and where: a JSON pointer. */
  readonly pointer: string
}

export interface BoundaryRecord {
  readonly field: string
  readonly value: unknown
  readonly record: Record<string, unknown>
}

export interface DataBuilderOptions {
  /** The same seed makes the same records. Default 1. */
  readonly seed?: number
  /** Fields besides the required ones: all of them (default), or none. References are left out unless they are required: whoever needs one gives it as override. */
  readonly optional?: boolean
}

/** Makes records of one object from its schema. */
export interface DataBuilder {
  /** A record that is accepted; another one with every call. @throws RangeError where the rules of a required field leave no value that can be found. */
  valid(overrides?: Readonly<Record<string, unknown>>): Record<string, unknown>
  /** Valid records, one for each limit of each field: lengths, minimum and maximum, options, first and last dates. */
  boundary(): readonly BoundaryRecord[]
  /** Records with one broken field each, one for each way to break it, with what they are refused with. A field that there is not is among them. */
  invalid(): readonly InvalidRecord[]
  /** So many valid records. */
  many(count: number, overrides?: (index: number) => Readonly<Record<string, unknown>>): readonly Record<string, unknown>[]
}

/** The builder for a compiled object; a harness has one for each of its objects by name. */
export function builderOf(object: ObjectIr, { seed = 1, optional = true }: DataBuilderOptions = {}): DataBuilder {
  const random = seededRandom(seed)
  // Clients only read the others.
  const fields = writableFields(object).filter((field) => !isGuarded(field) || isGivenOnce(field))
  let index = 0

  function madeValue(field: FieldIr): unknown {
    const one = validValue(field, random, index)
    return one === undefined || !field.isList ? one : [one]
  }

  function valid(overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
    index++
    const entries = fields.flatMap((field): [string, unknown][] => {
      if (Object.hasOwn(overrides, field.name)) return []
      if (!field.isRequired && (!optional || field.reference !== undefined)) return []
      const value = madeValue(field)
      if (value !== undefined) return [[field.name, value]]
      // A default takes its place, unless it is who asks: often that is nobody.
      if (field.isRequired && isNeeded(field))
        throw new RangeError(`No valid value of "${object.name}.${field.name}" is known: give one as override.`)
      return []
    })
    // Own members whatever they are called: `__proto__` is a legal name.
    return Object.fromEntries([...entries, ...Object.entries(overrides)])
  }

  return {
    valid,
    boundary: () =>
      fields.flatMap((field) => {
        const values = boundaryValues(field)
        const lists = field.isList ? [...values.map((value) => [value]), []] : values
        return lists.map((value) => ({ field: field.name, value, record: valid(own(field.name, value)) }))
      }),
    invalid: () => [
      ...fields.flatMap((field) => {
        const refused = (code: string, value: unknown, inside = ''): InvalidRecord => ({
          ...{ field: field.name, code, pointer: `/${escaped(field.name)}${inside}` },
          record: valid(own(field.name, value)),
        })
        return [
          ...(field.isRequired ? [refused('required', null)] : []),
          ...(field.isRequired && isNeeded(field) ? [without(field.name, refused('required', null))] : []),
          ...(field.isList ? [refused('type', { no: 'list' })] : []),
          ...invalidValues(field).map(({ value, code, pointer }) =>
            field.isList ? refused(code, [value], `/0${pointer}`) : refused(code, value, pointer),
          ),
        ]
      }),
      ...(object.fields.some(({ name }) => name === UNKNOWN)
        ? []
        : [{ field: UNKNOWN, code: 'unknown_field', pointer: `/${UNKNOWN}`, record: valid({ [UNKNOWN]: 1 }) }]),
    ],
    many: (count, overrides) => Array.from({ length: count }, (_, at) => valid(overrides?.(at))),
  }
}

/** No field is called so. */
const UNKNOWN = 'no_such_field_here'

/** A new record without it is refused. */
const isNeeded = (field: FieldIr): boolean => field.default === undefined || field.default.kind === 'current-user'

const own = (name: string, value: unknown): Record<string, unknown> => Object.fromEntries([[name, value]])

function without(name: string, refused: InvalidRecord): InvalidRecord {
  return { ...refused, record: Object.fromEntries(Object.entries(refused.record).filter(([key]) => key !== name)) }
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
