import { isProtobufReserved, LARGEST_ID, LOCK_VERSION, type Lock, type LockedField, type LockedObject } from './lock.ts'
import { printLock } from './print-lock.ts'

/**
 * The quick way for a lock file that nobody touched since it was printed: no places, no explanations. Undefined when there is
 * anything to say about it.
 */
export function readPrintedLock(text: string): Lock | undefined {
  const root = parse(text)
  if (root?.['version'] !== LOCK_VERSION) return undefined
  const objects = readMap(root['objects'], readObject)
  const reserved = readMap(root['reserved'], readObject)
  if (objects === undefined || reserved === undefined || !haveOwnIds(objects, reserved)) return undefined
  const lock: Lock = { objects, reserved }
  // Whatever was not understood, or was there twice, is missing in print.
  return printLock(lock) === text ? lock : undefined
}

type Parsed = { readonly [key: string]: unknown }

function parse(text: string): Parsed | undefined {
  try {
    return asParsed(JSON.parse(text))
  } catch {
    return undefined
  }
}

const asParsed = (value: unknown): Parsed | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined

function readMap<Value>(value: unknown, read: (value: Parsed) => Value | undefined): ReadonlyMap<string, Value> | undefined {
  const parsed = asParsed(value)
  if (parsed === undefined) return undefined
  const entries = new Map<string, Value>()
  for (const [name, member] of Object.entries(parsed)) {
    const entry = read(asParsed(member) ?? {})
    if (entry === undefined) return undefined
    entries.set(name, entry)
  }
  return entries
}

function readObject({ id, rest, table, type, plural, file, ...parts }: Parsed): LockedObject | undefined {
  const fields = readMap(parts['fields'], readField)
  const reserved = readMap(parts['reserved'], readField)
  if (fields === undefined || reserved === undefined || !haveOwnIds(fields, reserved)) return undefined
  if (!isId(id) || !isName(rest) || !isName(table) || !isName(type) || !isName(plural) || !isName(file)) return undefined
  return { id, rest, table, type, plural, file, fields, reserved }
}

function readField({ id, column }: Parsed): LockedField | undefined {
  if (!isId(id)) return undefined
  if (column === undefined) return { id }
  return isName(column) ? { id, column } : undefined
}

const isId = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= LARGEST_ID && !isProtobufReserved(value)

const isName = (value: unknown): value is string => typeof value === 'string' && value !== ''

type Numbered = ReadonlyMap<string, { readonly id: number }>

function haveOwnIds(present: Numbered, reserved: Numbered): boolean {
  const ids = new Set<number>()
  for (const { id } of present.values()) ids.add(id)
  for (const { id } of reserved.values()) ids.add(id)
  return ids.size === present.size + reserved.size
}
