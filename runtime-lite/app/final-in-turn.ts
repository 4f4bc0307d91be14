import type { Maybe } from '../database/session.ts'
import type { Turn } from '../sqlite/turn.ts'

/** Does work at once; what it gives or throws counts after the COMMIT it depends on. */
export function finalInTurn<Result>(turn: Turn, work: () => Maybe<Result>): Maybe<Result> {
  let result: Maybe<Result> | undefined
  let refusal: unknown
  let isRefused = false
  try {
    result = work()
  } catch (error) {
    if (!turn.isWriting) throw error
    refusal = error
    isRefused = true
  }
  if (!turn.isWriting) return result as Maybe<Result>
  return new Promise((resolve, reject) => {
    turn.afterCommit((failure) => {
      if (failure) reject(failure)
      else if (isRefused) reject(refusal as Error)
      else resolve(result as Result)
    })
  })
}
