import { AssertionError } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import { shown } from './differences.ts'

/** One thing that has to hold. Any test runner runs it: `for (const { name, run } of checks) test(name, run)`. */
export interface ConformanceCheck {
  readonly name: string
  /** Rejects with an AssertionError that says what is different. Sets everything up and takes it away again. */
  run(): Promise<void>
}

export function expectSame(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new AssertionError({
    message: `${what}: expected ${shown(expected)}, got ${shown(actual)}.`,
    actual,
    expected,
    operator: 'expectSame',
  })
}

/** What a promise rejects with. */
export async function rejection(what: string, work: () => unknown): Promise<unknown> {
  let value: unknown
  try {
    value = await work()
  } catch (error) {
    return error
  }
  throw new AssertionError({ message: `${what}: expected a rejection, got ${shown(value)}.`, actual: value })
}

/** Ends what hangs, so that it fails and nothing waits for it. */
export async function inTime<Result>(what: string, milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AssertionError({ message: `${what}: no end after ${milliseconds} ms.` })), milliseconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
