/**
 * A bounded cache in two generations: entries used since the last turn-over survive the next one. Behaves like an LRU of
 * `size` entries at the cost of one map look-up; nothing is moved or linked on a hit.
 */
export interface ShapeCache<Value> {
  get(key: string): Value | undefined
  set(key: string, value: Value): void
  readonly size: number
}

export function createShapeCache<Value>(size: number): ShapeCache<Value> {
  const half = Math.max(1, size >> 1)
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  const set = (key: string, value: Value): void => {
    young.set(key, value)
    if (young.size < half) return
    old = young
    young = new Map()
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
    get size() {
      return young.size + old.size
    },
  }
}
