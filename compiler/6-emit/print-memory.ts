import { isEqual } from '../ir/is-equal.ts'
import type { ObjectIr } from '../ir/object.ts'

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
  /** The function, with its answers noted. */
  lookup<Argument, Value>(name: string, find: (argument: Argument) => Value): (argument: Argument) => Value
  /** What is known about things by their identity, for as long as they live: a new map each time where nothing is remembered. */
  kept<Key extends object, Value>(name: string): WeakMap<Key, Value>
}

/** Remembers nothing: what a single compile uses. */
export const noMemory: PrintMemory = {
  forObject: (_task, _object, print) => print(),
  map: (_name, map) => map,
  lookup: (_name, find) => find,
  kept: () => new WeakMap(),
}

/** One lookup: where, what for, and the answer. */
interface Lookup {
  readonly source: string
  readonly argument: unknown
  readonly value: unknown
}

/** Where lookups are answered in this run. */
interface Source {
  readonly find: (argument: unknown) => unknown
  /** The map behind it, and the view of it that notes. */
  readonly map?: ReadonlyMap<string, unknown>
  readonly view?: ReadonlyMap<string, unknown>
}

interface Entry {
  readonly object: ObjectIr
  readonly lookups: readonly Lookup[]
  readonly result: unknown
}

export function createPrintMemory(): PrintMemory {
  const entriesByTask = new Map<string, Map<string, Entry>>()
  /** A lookup of an earlier run is asked again of the newest source. */
  const sourceByName = new Map<string, Source>()
  const keptByName = new Map<string, WeakMap<object, unknown>>()
  let noted: Lookup[] | undefined

  function note<Value>(source: string, argument: unknown, value: Value): Value {
    noted?.push({ source, argument, value })
    return value
  }

  const isAnsweredTheSame = ({ source, argument, value }: Lookup): boolean => {
    const answer = sourceByName.get(source)
    return answer !== undefined && Object.is(answer.find(argument), value)
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
    map<Value>(name: string, map: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
      const known = sourceByName.get(name)
      if (known?.view !== undefined && known.map === map) return known.view as ReadonlyMap<string, Value>
      // Values that are equal to those of the last run are replaced by them, once: then each lookup compares identities.
      const shared = new Map([...map].map(([key, value]) => [key, sameAs(known?.find(key), value)]))
      const view = noteLookups(shared, (key, value) => note(name, key, value))
      sourceByName.set(name, { find: (key) => shared.get(key as string), map, view })
      return view
    },
    lookup<Argument, Value>(name: string, find: (argument: Argument) => Value): (argument: Argument) => Value {
      sourceByName.set(name, { find: (argument) => find(argument as Argument) })
      return (argument) => note(name, argument, find(argument))
    },
    kept<Key extends object, Value>(name: string): WeakMap<Key, Value> {
      const known = keptByName.get(name) ?? new WeakMap<object, unknown>()
      keptByName.set(name, known)
      return known as WeakMap<Key, Value>
    },
  }
}

/** The old value if it is equal. Objects of the IR keep their identity anyway: comparing them would only find what changed. */
function sameAs<Value>(before: unknown, now: Value): Value {
  const isIr = typeof now === 'object' && now !== null && 'kind' in now && now.kind === 'object'
  return !isIr && isEqual(before, now) ? (before as Value) : now
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
