import { recovering } from '../database/maybe.ts'
import { type Maybe, type Session, whenReady } from '../database/session.ts'
import type { Nest } from '../middleware/middleware.ts'
import { given } from '../middleware/nest-of.ts'
import type { HookContext } from './hook-context.ts'
import { hookError } from './hook-error.ts'

/** How the answer of an operation looks to middleware, and what becomes of the one they give. */
export interface Seen<Result> {
  shown(result: Result): unknown
  /** `result`: undefined where no middleware came to the operation. */
  changed(result: Result | undefined, shown: unknown): Result
  /** Nothing is an answer too. */
  readonly isOptional?: true
}

/** What the operation needs around it. */
export interface Around {
  /** Some middleware waits: then `next` gives a promise. */
  readonly waits: boolean
  /** Some may go on after an error: what the operation did is undone before they hear of it. */
  readonly savepoint: Session | undefined
}

/** Runs an operation with middleware around it, at once where none waits. */
export function throughMiddleware<Result>(
  nest: Nest,
  hooks: HookContext,
  { waits, savepoint }: Around,
  work: () => Maybe<Result>,
  seen: Seen<Result>,
): Maybe<Result> {
  let kept: Result | undefined
  let failure: { readonly error: unknown } | undefined
  const next = (): Maybe<unknown> =>
    recovering(
      () =>
        whenReady(savepoint ? savepoint.atomically(work) : work(), (result) => {
          kept = result
          hooks.isDone = true
          hooks.result = seen.shown(result)
          return hooks.result
        }),
      (error) => {
        failure = { error }
        throw error
      },
    )
  const run = (): Maybe<unknown> => (waits ? (async () => nest(hooks, async () => next()))() : nest(hooks, next))
  return recovering(
    () =>
      whenReady(run(), (shown) => {
        // Nothing was kept, though the caller gets an answer.
        if (failure && !hooks.isDone) hooks.error = failure.error
        hooks.result = seen.isOptional ? shown : given(shown, hooks.object, hooks.method)
        return seen.changed(kept, hooks.result)
      }),
    (error) => {
      throw hookError(error)
    },
  )
}
