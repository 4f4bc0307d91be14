/**
 * A bounded cache in two generations: entries used since the last turn-over survive the next one. Behaves like an LRU of
 * `size` at the cost of one map look-up; nothing is moved or linked on a hit. In place of `lru-cache`, which takes as long for a hit
 * (`npm run bench -- inside`) and is twenty times the bytes of a server's bundle.
 */
export interface ShapeCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  /** How many entries there are. */
  readonly count: number
}

/** `weigh` says what a value takes of `size`; without it every value counts as one. `maxCount` bounds the number of entries besides. */
export function createShapeCache<Value>(
  size: number,
  weigh: (value: Value) => number = () => 1,
  maxCount: number = Number.POSITIVE_INFINITY,
): ShapeCache<Value> {
  const half = Math.max(1, size / 2)
  const halfCount = Math.max(1, maxCount / 2)
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  let weight = 0
  const set = (key: string, value: Value): void => {
    const replaced = young.get(key)
    if (replaced !== undefined) weight -= weigh(replaced)
    young.set(key, value)
    weight += weigh(value)
    if (weight < half && young.size < halfCount) return
    old = young
    young = new Map()
    weight = 0
  }
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const aged = old.get(key)
      if (aged !== undefined) {
        old.delete(key)
        set(key, aged)
      }
      return aged
    },
    set,
    get count() {
      return young.size + old.size
    },
  }
}
