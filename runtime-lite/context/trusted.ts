import { AsyncLocalStorage } from 'node:async_hooks'
import { currentContext } from './request-context.ts'

/** Made with the first hook or action that writes. */
let storage: AsyncLocalStorage<true> | undefined

/** What `work` writes is the application's own doing: hooks and actions write fields that clients only read. */
export function trusting<Result>(work: () => Result): Result {
  storage ??= new AsyncLocalStorage()
  return storage.run(true, work)
}

/** Hooks, actions, workflows and `sudo` are at work, and no client. */
export function isTrusted(): boolean {
  if (storage?.getStore()) return true
  const context = currentContext()
  return context?.isSystem === true && context.isAssumed !== true
}
