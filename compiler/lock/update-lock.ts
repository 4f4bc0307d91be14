import type { AppIr, FieldIr, ObjectIr } from '../ir/object.ts'
import { isProtobufReserved, type Lock, type LockedField, type LockedObject } from './lock.ts'

/**
 * The lock after a compile: new objects and fields get the next free number, missing ones become reserved, returning ones get
 * their old number back. Renames are not guessed: a renamed field is one field gone and one field new.
 */
export function updateLock(lock: Lock, app: AppIr): Lock {
  const known = new Map([...lock.reserved, ...lock.objects])
  const nextId = createCounter([...known.values()].map(({ id }) => id))
  const objects = new Map(app.objects.map((object) => [object.name, lockObject(object, known.get(object.name), nextId)]))
  return { objects, reserved: without(known, objects) }
}

/** What was locked for an object, and on top of what. Locking it again on top of the result changes nothing. */
const lockedByObject = new WeakMap<ObjectIr, { readonly before: LockedObject | undefined; readonly after: LockedObject }>()

function lockObject(object: ObjectIr, locked: LockedObject | undefined, nextId: () => number): LockedObject {
  const known = lockedByObject.get(object)
  if (known !== undefined && locked !== undefined && (known.before === locked || known.after === locked)) return known.after
  const after = lockAnew(object, locked, nextId)
  lockedByObject.set(object, { before: locked, after })
  return after
}

function lockAnew(object: ObjectIr, locked: LockedObject | undefined, nextId: () => number): LockedObject {
  const known = new Map([...(locked?.reserved ?? []), ...(locked?.fields ?? [])])
  const nextFieldId = createCounter([...known.values()].map(({ id }) => id))
  const fields = new Map(object.fields.map((field) => [field.name, lockField(field, known.get(field.name), nextFieldId)]))
  return {
    id: locked?.id ?? nextId(),
    rest: object.name,
    table: object.table,
    type: object.names.pascal,
    plural: object.names.pascalPlural,
    file: object.names.file,
    fields,
    reserved: without(known, fields),
  }
}

function lockField({ column }: FieldIr, locked: LockedField | undefined, nextId: () => number): LockedField {
  const id = locked?.id ?? nextId()
  return column === undefined ? { id } : { id, column }
}

function without<Value>(known: ReadonlyMap<string, Value>, present: ReadonlyMap<string, unknown>): ReadonlyMap<string, Value> {
  return new Map([...known].filter(([name]) => !present.has(name)))
}

/** Numbers above all that were ever used. */
function createCounter(used: readonly number[]): () => number {
  let last = used.reduce((highest, id) => Math.max(highest, id), 0)
  return () => {
    last++
    if (isProtobufReserved(last)) last = 20_000
    return last
  }
}
