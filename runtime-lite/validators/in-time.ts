import type { Clock } from '../behaviour/behaviour.ts'

/** Thrown when somebody does not answer in time. */
export class TooLate extends Error {
  constructor(milliseconds: number) {
    super(`There was no answer within ${milliseconds} ms.`)
  }
}

/**
 * Waits for work no longer than so many milliseconds: then its signal is aborted, and nobody waits for what it still does. The signal is aborted with
 * `outer`, too, and once the work is over.
 */
export async function inTime<Result>(
  work: (signal: AbortSignal) => Result | Promise<Result>,
  { clock, milliseconds, outer }: { readonly clock: Clock; readonly milliseconds: number; readonly outer: AbortSignal | undefined },
): Promise<Result> {
  const controller = new AbortController()
  const { signal } = controller
  const onOuter = (): void => controller.abort(outer?.reason)
  if (outer?.aborted) onOuter()
  else outer?.addEventListener('abort', onOuter)
  const callOff = clock.after(milliseconds, () => controller.abort(new TooLate(milliseconds)))
  const given = new Promise<never>((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    else signal.addEventListener('abort', () => reject(signal.reason))
  })
  try {
    return await Promise.race([given, (async () => work(signal))()])
  } finally {
    callOff()
    outer?.removeEventListener('abort', onOuter)
    given.catch(() => undefined)
    controller.abort()
  }
}
