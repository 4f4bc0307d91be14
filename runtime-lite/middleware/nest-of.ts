import type { Maybe } from '../database/session.ts'
import { calledTwice, middlewareBug } from './middleware-bug.ts'

/** Middleware of any kind: what a nest is made of. */
interface Member<Context, Result> {
  readonly name: string
  execute(context: Context, next: () => Promise<Result>): Maybe<Result>
}

/** Middleware that a program registered, the first outermost, as one function. What is compiled has it printed. */
export function nestOf<Context, Result>(
  members: readonly Member<Context, Result>[],
): (context: Context, next: () => Maybe<Result>) => Promise<Result> {
  return (context, next) => {
    const enter = async (at: number): Promise<Result> => {
      const member = members[at]
      if (!member) return next()
      let isCalled = false
      return member.execute(context, async () => {
        if (isCalled) throw calledTwice(member.name)
        isCalled = true
        return enter(at + 1)
      })
    }
    return enter(0)
  }
}

/** @throws TypeError for anything that is no middleware. */
export function checkMiddleware(given: unknown): void {
  const { name, execute, phase } = (given ?? {}) as { readonly [key: string]: unknown }
  if (typeof name !== 'string' || name === '') throw new TypeError('A middleware has a name.')
  if (typeof execute !== 'function') throw new TypeError(`The middleware "${name.slice(0, 64)}" has no function "execute".`)
  if (phase !== undefined && phase !== 'outer' && phase !== 'inner')
    throw new TypeError(`The phase of the middleware "${name.slice(0, 64)}" is "outer", "inner", or nothing.`)
}

/** What an operation answers after all. @throws ObjectQLError 500 where a middleware forgot to return it. */
export function given(result: unknown, object: string, operation: string): unknown {
  if (result === undefined)
    throw middlewareBug(`Middleware around ${object}.${operation} gave nothing: return what next() gives, or an answer.`)
  return result
}
