import { type MiddlewareOperation, OPERATIONS } from '../../runtime-lite/middleware/middleware.ts'
import type { ObjectIr } from '../ir/object.ts'
import type { MiddlewareIr } from '../ir/plugin.ts'

/** Operations of an object that the same middleware is around. */
export interface AroundIr {
  readonly operations: readonly MiddlewareOperation[]
  /** Outermost first. */
  readonly middleware: readonly MiddlewareIr[]
}

/** Middleware that is called: what cannot be loaded is left out. */
export const calledMiddleware = (middleware: readonly MiddlewareIr[]): readonly MiddlewareIr[] =>
  middleware.filter(({ facts }) => facts?.missing === undefined)

/** What goes around the operations of an object, one entry for each set of middleware. */
export function aroundsOf({ middleware = [] }: Pick<ObjectIr, 'middleware'>): readonly AroundIr[] {
  const called = calledMiddleware(middleware)
  const byMembers = new Map<string, { readonly operations: MiddlewareOperation[]; readonly middleware: readonly MiddlewareIr[] }>()
  for (const operation of OPERATIONS) {
    const members = called.filter(({ on }) => on.includes(operation))
    if (members.length === 0) continue
    const key = members.map((member) => called.indexOf(member)).join()
    const known = byMembers.get(key)
    if (known) known.operations.push(operation)
    else byMembers.set(key, { operations: [operation], middleware: members })
  }
  return [...byMembers.values()]
}

/** Proven to give what `next()` gives, or an answer of its own, without a promise and without going on after an error. */
export const passesOn = ({ facts }: MiddlewareIr): boolean => facts?.passesOn === true

const WRITES: ReadonlySet<MiddlewareOperation> = new Set(['create', 'update', 'delete'])
const READS: ReadonlySet<MiddlewareOperation> = new Set(['find', 'get', 'count', 'aggregate'])

/** What middleware asks of the store: members of the behaviour that are true. */
export function aroundNeeds(arounds: readonly AroundIr[]): ReadonlySet<'waits' | 'readsWait' | 'recovers' | 'needsPrevious'> {
  const unproven = (of: ReadonlySet<MiddlewareOperation>): boolean =>
    arounds.some(({ operations, middleware }) => operations.some((one) => of.has(one)) && !middleware.every(passesOn))
  const looksBack = arounds.some(
    ({ operations, middleware }) =>
      operations.some((one) => one === 'update' || one === 'delete') && middleware.some(({ facts }) => facts?.usesPrevious ?? true),
  )
  return new Set([
    ...(unproven(WRITES) ? (['waits', 'recovers'] as const) : []),
    ...(unproven(READS) ? (['readsWait'] as const) : []),
    ...(looksBack ? (['needsPrevious'] as const) : []),
  ])
}
