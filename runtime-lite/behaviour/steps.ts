import { ObjectQLError } from '../problem/problem.ts'
import type { HookContext } from './hook-context.ts'

/** A handler of the schemas, whose own types are known to the program that wrote it. */
export type Handler = <Context>(context: Context, next?: () => unknown) => unknown

/** How long to wait for a handler, and how often to try again. */
export interface StepPolicy {
  readonly name: string
  /** Milliseconds. */
  readonly timeout?: number
  /** Attempts after the first. Default 0. */
  readonly retries?: number
  /** Milliseconds before the first of them; each pause is twice the one before. */
  readonly backoff?: number
}

/**
 * The function a schema exports, or a member of what it exports; members keep their `this`.
 * @throws TypeError when there is no function any more: then the code was compiled from another version of the module.
 */
export function handlerOf(exported: unknown, ...path: readonly (string | number)[]): Handler {
  let holder: unknown
  let value = exported
  for (const key of path) {
    holder = value
    value = (value as { readonly [key: string | number]: unknown } | null | undefined)?.[key]
  }
  if (typeof value !== 'function')
    throw new TypeError(`The schemas export no function at "${path.join('.')}" any more. Run "objectql compile" again.`)
  return holder === undefined ? (value as Handler) : (value.bind(holder) as Handler)
}

/** A function that the program registers under a name: looked up with each call. */
export const registeredHandler =
  (name: string): Handler =>
  (context) => {
    const hooks = context as unknown as HookContext
    return hooks.host.handlerNamed(name)(hooks)
  }

/** For hooks that say `onError: log`: what they throw is reported, and the operation goes on. */
export function logged(context: HookContext, name: string, error: unknown): void {
  context.host.report(new Error(`The hook "${name}" of "${context.object}" failed in ${context.event}.`, { cause: error }))
}

/** Calls a handler with a time limit and repeats it when it fails. */
export async function attempt(handler: Handler, context: HookContext, policy: StepPolicy): Promise<unknown> {
  const { retries = 0, backoff = 1000 } = policy
  const { clock } = context.host
  for (let failures = 0; ; failures++) {
    try {
      return await inTime(handler, context, policy)
    } catch (error) {
      if (failures >= retries) throw error
      await new Promise<void>((resolve) => void clock.after(backoff * 2 ** failures, resolve))
    }
  }
}

function inTime(handler: Handler, context: HookContext, { name, timeout }: StepPolicy): unknown {
  if (timeout === undefined) return handler(context)
  return new Promise((resolve, reject) => {
    const cancel = context.host.clock.after(timeout, () =>
      reject(new ObjectQLError(503, 'TIMEOUT', `The hook "${name}" of "${context.object}" took longer than ${timeout} ms.`)),
    )
    Promise.resolve()
      .then(() => handler(context))
      .then(resolve, reject)
      .finally(cancel)
  })
}

/** Hands a hook over that nobody waits for: it runs once what it was called about is committed, with what the context holds then. */
export function enqueue(handler: Handler, context: HookContext, policy: StepPolicy): void {
  const { host } = context
  const later = context.copy()
  host.onSettled((error) => {
    // An operation may fail in a savepoint of a transaction that goes on.
    if (error === undefined && context.error === undefined) host.later(policy.name, () => attempt(handler, later, policy))
  })
}

/** Runs hooks that do not need each other side by side. All have ended before the first error goes on. */
export async function together(...running: readonly unknown[]): Promise<void> {
  const results = await Promise.allSettled(running)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}
