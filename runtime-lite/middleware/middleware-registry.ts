import { nearestName } from '../validate/nearest-name.ts'
import { type DataMiddleware, isOfProtocol, type Middleware, OPERATIONS, type ProtocolMiddleware } from './middleware.ts'
import { checkMiddleware } from './nest-of.ts'

/** Middleware that a program registers while it runs. Objects without any are not touched. */
export interface MiddlewareRegistry {
  /** @returns a function that takes it away again. @throws TypeError */
  use(middleware: Middleware): () => void
  /** What goes around operations of an object, in the order of registration. */
  of(object: string): readonly DataMiddleware[]
  /** What goes around requests. */
  ofRest(): readonly ProtocolMiddleware[]
}

/** `objectOf`: the name of an object in any spelling. `changed`: the middleware of an object is another than before. */
export function createMiddlewareRegistry(
  objectNames: readonly string[],
  objectOf: (name: string) => string,
  changed: (object: string) => void,
): MiddlewareRegistry {
  let registered: readonly { readonly middleware: Middleware; readonly objects: readonly string[] }[] = []

  function keep(next: typeof registered, objects: readonly string[]): void {
    registered = next
    for (const object of objects.includes('*') ? objectNames : objects) changed(object)
  }

  return {
    use(middleware) {
      checkMiddleware(middleware)
      const objects = isOfProtocol(middleware) ? [] : [middleware.objects ?? '*'].flat().map(objectOf)
      if (!isOfProtocol(middleware)) checkOperations(middleware)
      const added = { middleware, objects }
      keep([...registered, added], objects)
      return () => {
        if (!registered.includes(added)) return
        keep(
          registered.filter((one) => one !== added),
          objects,
        )
      }
    },
    of: (object) =>
      registered.flatMap(({ middleware, objects }) =>
        !isOfProtocol(middleware) && (objects.includes('*') || objects.includes(object)) ? [middleware] : [],
      ),
    ofRest: () => registered.flatMap(({ middleware }) => (isOfProtocol(middleware) ? [middleware] : [])),
  }
}

function checkOperations({ name, on = OPERATIONS }: DataMiddleware): void {
  for (const operation of [on].flat()) {
    if (OPERATIONS.includes(operation)) continue
    const guess = nearestName(String(operation), [...OPERATIONS, 'rest'])
    throw new TypeError(
      `The middleware "${name}" cannot be around "${String(operation).slice(0, 64)}".${guess ? ` Did you mean "${guess}"?` : ''}`,
    )
  }
}
