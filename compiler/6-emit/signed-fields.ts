import { type Code, code, raw, type Sym, sym } from '../code/code.ts'
import type { FieldIr, ObjectIr } from '../ir/object.ts'
import { prettyLiteral } from './pretty-literal.ts'

/** What `signedCreate` of the runtime takes. */
interface SignedFields {
  readonly defaults?: readonly string[]
  readonly created?: readonly string[]
  readonly changed?: readonly string[]
  readonly space?: readonly string[]
}

const CHANGED: ReadonlySet<string> = new Set(['updated_by', 'modified_by', 'last_modified_by'])

/** Fields that say who it was: those whose default is the current user, and those with the names every generation uses for it. */
export function signedFields({ fields }: Pick<ObjectIr, 'fields'>): SignedFields {
  const named = (picked: (field: FieldIr) => boolean): readonly string[] => fields.filter(picked).map(({ name }) => name)
  const isStamped = (field: FieldIr): boolean => holdsOneId(field)
  const created = named((field) => field.name === 'created_by' && isStamped(field))
  const changed = named((field) => CHANGED.has(field.name) && isStamped(field))
  const space = named((field) => field.name === 'space_id' && isStamped(field))
  const defaults = named((field) => field.default?.kind === 'current-user' && ![...created, ...changed].includes(field.name))
  const all = { defaults, created, changed, space }
  return Object.fromEntries(Object.entries(all).filter(([, names]) => names.length > 0))
}

/** Who creates a record is filled in before it is validated. */
export function createValidator(object: Pick<ObjectIr, 'fields'>, validate: Sym): Sym | Code {
  const signed = signedFields(object)
  if (Object.keys(signed).length === 0) return validate
  return code`${sym('signedCreate', 'objectql/runtime')}(${validate}, ${raw(prettyLiteral(signed, { used: 100, margin: 2 }))})`
}

const holdsOneId = ({ column, isList, isComputed, value }: FieldIr): boolean =>
  column !== undefined && !isList && !isComputed && (value.kind === 'id' || value.kind === 'string')
