/**
 * Takes the place of something that is not installed: a builder of another generation, a driver, a runtime class. Calling it,
 * or anything on it, gives the first argument back when that is an object: builders are identity functions at heart.
 */
export function createStandIn(packageName: string, name: string): unknown {
  const call = (first: unknown): unknown => (typeof first === 'object' && first !== null ? first : createStandIn(packageName, name))
  return new Proxy(function standIn() {}, {
    apply: (_target, _self, [first]) => call(first),
    construct: (_target, [first]) => call(first) as object,
    get(target, key) {
      if (key === 'prototype') return Reflect.get(target, key)
      if (typeof key === 'symbol') return undefined
      if (key === 'then' || key === 'toJSON') return undefined
      if (key === 'toString' || key === 'valueOf') return () => `[${name} of ${packageName}]`
      return createStandIn(packageName, `${name}.${key}`)
    },
  })
}
