import { entryOf, type MapEntry, type MapNode, type Node } from '../1-load/node.ts'
import { readJson } from '../1-load/read-json.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Span } from '../source/span.ts'
import {
  EMPTY_LOCK,
  isProtobufReserved,
  LARGEST_ID,
  LOCK_FILE_NAME,
  LOCK_VERSION,
  type Lock,
  type LockedField,
  type LockedObject,
} from './lock.ts'
import { readPrintedLock } from './read-printed-lock.ts'

export interface ReadLock {
  /** Empty when there is no lock yet or it cannot be read. */
  readonly lock: Lock
  /** Any of them is an error: a compile that went on would hand out numbers anew. */
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads the lock file. `text` is undefined when there is none yet, `path` where it lies in the project. */
export function readLock(text: string | undefined, path: string = LOCK_FILE_NAME): ReadLock {
  if (text === undefined) return { lock: EMPTY_LOCK, diagnostics: [] }
  const printed = readPrintedLock(text)
  if (printed !== undefined) return { lock: printed, diagnostics: [] }
  const conflict = /^<{7} .*$/m.exec(text)
  if (conflict !== null) {
    const span = Span.create(path, conflict.index, conflict.index + conflict[0].length)
    return { lock: EMPTY_LOCK, diagnostics: [diagnose('link/lock-merge-conflict', span, {})] }
  }
  const { roots, diagnostics } = readJson(path, text)
  const reader = createReader(diagnostics)
  const lock = readRoot(roots[0], Span.file(path), reader)
  return reader.diagnostics.length === 0 ? { lock, diagnostics: [] } : { lock: EMPTY_LOCK, diagnostics: reader.diagnostics }
}

interface Reader {
  readonly diagnostics: Diagnostic[]
  readonly refuse: (span: Span, problem: string) => void
}

function createReader(found: readonly Diagnostic[]): Reader {
  const diagnostics = [...found]
  return { diagnostics, refuse: (span, problem) => void diagnostics.push(diagnose('link/lock-wrong-shape', span, { problem })) }
}

function readRoot(root: Node | undefined, file: Span, reader: Reader): Lock {
  if (root?.kind !== 'map') {
    if (reader.diagnostics.length === 0) reader.refuse(root?.span ?? file, 'it holds no object')
    return EMPTY_LOCK
  }
  const version = entryOf(root, 'version')?.value
  if (version?.kind !== 'scalar' || typeof version.value !== 'number' || version.value < 1) {
    reader.refuse(version?.span ?? root.span, 'its "version" is missing or no number')
    return EMPTY_LOCK
  }
  if (version.value > LOCK_VERSION) {
    reader.diagnostics.push(diagnose('link/lock-newer-version', version.span, { version: version.value }))
    return EMPTY_LOCK
  }
  const objects = readEntries(root, 'objects', reader, readObject)
  const reserved = readEntries(root, 'reserved', reader, readObject)
  checkIds([...objects, ...reserved], reader)
  return { objects: valuesOf(objects), reserved: valuesOf(reserved) }
}

/** A node of the lock with the place of its number. */
interface Read<Value> {
  readonly name: string
  readonly value: Value & { readonly id: number }
  readonly idSpan: Span
}

const valuesOf = <Value>(read: readonly Read<Value>[]): ReadonlyMap<string, Value & { readonly id: number }> =>
  new Map(read.map(({ name, value }) => [name, value]))

function readEntries<Value>(
  parent: MapNode,
  key: string,
  reader: Reader,
  read: (entry: MapEntry & { readonly value: MapNode }, reader: Reader) => Read<Value> | undefined,
): readonly Read<Value>[] {
  const node = entryOf(parent, key)?.value
  if (node?.kind !== 'map') {
    reader.refuse(node?.span ?? parent.span, `"${key}" is missing or no object`)
    return []
  }
  return node.entries.flatMap(({ value, ...entry }) => {
    if (value.kind === 'map') return read({ ...entry, value }, reader) ?? []
    reader.refuse(value.span, `"${entry.key}" is no object`)
    return []
  })
}

function readObject({ key, value }: MapEntry & { readonly value: MapNode }, reader: Reader): Read<LockedObject> | undefined {
  const id = readId(value, reader)
  const fields = readEntries(value, 'fields', reader, readField)
  const reserved = readEntries(value, 'reserved', reader, readField)
  checkIds([...fields, ...reserved], reader)
  const [rest, table, type, plural, file] = ['rest', 'table', 'type', 'plural', 'file'].map((name) => readText(value, name, reader))
  if (id === undefined || rest === undefined || table === undefined || type === undefined || plural === undefined || file === undefined)
    return undefined
  const object = { id: id.value, rest, table, type, plural, file, fields: valuesOf(fields), reserved: valuesOf(reserved) }
  return { name: key, value: object, idSpan: id.span }
}

function readField({ key, value }: MapEntry & { readonly value: MapNode }, reader: Reader): Read<LockedField> | undefined {
  const id = readId(value, reader)
  if (id === undefined) return undefined
  const column = entryOf(value, 'column') === undefined ? undefined : readText(value, 'column', reader)
  return { name: key, value: column === undefined ? { id: id.value } : { id: id.value, column }, idSpan: id.span }
}

function readId(parent: MapNode, reader: Reader): { readonly value: number; readonly span: Span } | undefined {
  const node = entryOf(parent, 'id')?.value
  const id = node?.kind === 'scalar' ? node.value : undefined
  if (node !== undefined && typeof id === 'number' && Number.isInteger(id) && id >= 1 && id <= LARGEST_ID && !isProtobufReserved(id)) {
    return { value: id, span: node.span }
  }
  reader.refuse(node?.span ?? parent.span, 'an "id" is missing or no usable number')
  return undefined
}

function readText(parent: MapNode, key: string, reader: Reader): string | undefined {
  const node = entryOf(parent, key)?.value
  if (node?.kind === 'scalar' && typeof node.value === 'string' && node.value !== '') return node.value
  reader.refuse(node?.span ?? parent.span, `"${key}" is missing or no text`)
  return undefined
}

/** Two branches that each add a field give it the same number; merging them does not show that. */
function checkIds(read: readonly Read<unknown>[], reader: Reader): void {
  const nameById = new Map<number, string>()
  let last = read.reduce((highest, { value }) => Math.max(highest, value.id), 0)
  for (const { name, value, idSpan } of read) {
    const first = nameById.get(value.id)
    if (first === undefined) {
      nameById.set(value.id, name)
      continue
    }
    last = isProtobufReserved(last + 1) ? 20_000 : last + 1
    const newText = String(last)
    const fixes = [{ title: `Give "${name}" the number ${newText}`, edits: [{ span: idSpan, newText }] }]
    reader.diagnostics.push(diagnose('link/lock-duplicate-id', idSpan, { id: value.id, first, second: name }, { fixes }))
  }
}
