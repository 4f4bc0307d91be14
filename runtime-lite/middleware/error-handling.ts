import { hookError } from '../behaviour/hook-error.ts'
import type { DataMiddleware } from './middleware.ts'

type HookContext = import('../behaviour/hook-context.ts').HookContext

export interface ErrorHandlingOptions extends Pick<DataMiddleware, 'on' | 'objects'> {
  /** Gives what is thrown instead. Undefined: the error as it is. */
  map(error: unknown, context: HookContext): unknown
}

/** Turns errors of operations into others: those of a driver into words that clients understand, or into none of their business. */
export function errorHandling({ map, ...around }: ErrorHandlingOptions): DataMiddleware {
  return {
    name: 'error-handling',
    phase: 'outer',
    ...around,
    async execute(context, next) {
      try {
        return await next()
      } catch (error) {
        throw map(hookError(error), context) ?? error
      }
    },
  }
}
