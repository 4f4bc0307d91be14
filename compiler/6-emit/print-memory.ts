import type { ObjectIr } from '../ir/object.ts'
import type { Span } from '../source/span.ts'

/**
 * What was printed for each object, for a compiler that runs again and again: an object that did not change is not printed
 * again. A target prints through `forObject`, and looks things up through maps and functions made here, so that everything the
 * text was made from is known: the object itself and the answers to the lookups. If they are the same, so is the text.
 */
export interface PrintMemory {
  /** Result of `print`, or of the last time. `print` may use the object, what never changes while this memory lives, and lookups. */
  forObject<Result>(task: string, object: ObjectIr, print: () => Result): Result
  /** The map, with its lookups noted. */
  map<Value>(name: string, map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value>
  /** The function, with its answers noted. `keyOf` tells calls apart, `argument` reads a key back. */
  lookup<Argument, Value>(name: string, keys: Keys<Argument>, find: (argument: Argument) => Value): (argument: Argument) => Value
}

export interface Keys<Argument> {
  readonly print: (argument: Argument) => string
  readonly parse: (key: string) => Argument
}

/** Places in input files, which are only told apart by where they start. */
export const SPAN_KEYS: Keys<Span> = {
  print: ({ path, start }) => `${start} ${path}`,
  parse(key) {
    const start = Number.parseInt(key, 10)
    return { path: key.slice(key.indexOf(' ') + 1), start, end: start }
  },
}

/** Remembers nothing: what a single compile uses. */
export const noMemory: PrintMemory = {
  forObject: (_task, _object, print) => print(),
  map: (_name, map) => map,
  lookup: (_name, _keys, find) => find,
}

/** One lookup: where, what for, and the answer. */
interface Lookup {
  readonly source: string
  readonly key: string
  readonly value: unknown
}

interface Entry {
  readonly object: ObjectIr
  readonly lookups: readonly Lookup[]
  readonly result: unknown
}

export function createPrintMemory(): PrintMemory {
  const entriesByTask = new Map<string, Map<string, Entry>>()
  /** The sources of this run: a lookup is asked again of the newest. */
  const findBySource = new Map<string, (key: string) => unknown>()
  let noted: Lookup[] | undefined

  function note<Value>(source: string, key: string, value: Value): Value {
    noted?.push({ source, key, value })
    return value
  }

  const isAnsweredTheSame = ({ source, key, value }: Lookup): boolean => {
    const find = findBySource.get(source)
    return find !== undefined && isSame(find(key), value)
  }

  return {
    forObject<Result>(task: string, object: ObjectIr, print: () => Result): Result {
      if (noted !== undefined) throw new Error('What is remembered for an object cannot be part of what is remembered for another.')
      const entries = entriesByTask.get(task) ?? new Map<string, Entry>()
      entriesByTask.set(task, entries)
      const entry = entries.get(object.name)
      if (entry?.object === object && entry.lookups.every(isAnsweredTheSame)) return entry.result as Result
      const lookups: Lookup[] = []
      noted = lookups
      try {
        const result = print()
        entries.set(object.name, { object, lookups, result })
        return result
      } finally {
        noted = undefined
      }
    },
    map(name, map) {
      findBySource.set(name, (key) => map.get(key))
      return noteLookups(map, (key, value) => note(name, key, value))
    },
    lookup(name, keys, find) {
      findBySource.set(name, (key) => find(keys.parse(key)))
      return (argument) => note(name, keys.print(argument), find(argument))
    },
  }
}

/** A view of a map that tells what is asked. Going through all of it is refused: that would depend on every object. */
function noteLookups<Value>(
  map: ReadonlyMap<string, Value>,
  note: (key: string, value: Value | undefined) => Value | undefined,
): ReadonlyMap<string, Value> {
  const refuse = (): never => {
    throw new Error('What is printed for one object must not depend on all of them.')
  }
  return {
    get: (key) => note(key, map.get(key)),
    has: (key) => note(key, map.get(key)) !== undefined,
    get size() {
      return refuse()
    },
    forEach: refuse,
    entries: refuse,
    keys: refuse,
    values: refuse,
    [Symbol.iterator]: refuse,
  }
}

/** Objects of the IR keep their identity while they are unchanged; small values such as names are made anew and compared. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isObjectIr(a) || isObjectIr(b)) return false
  if (a instanceof Map && b instanceof Map)
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isSame(value, b.get(key)))
  if (Array.isArray(a) !== Array.isArray(b) || Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  )
}

const isObjectIr = (value: object): boolean => 'kind' in value && value.kind === 'object'
