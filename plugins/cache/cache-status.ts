import { AsyncLocalStorage } from 'node:async_hooks'
import type { ProtocolMiddleware } from 'objectql/plugin-sdk'
import type { Outcome } from './cached-reads.ts'

type Seen = { -readonly [Name in Outcome]?: true }

/** RFC 9211: whether a reply came from the cache. What needed several reads did when all of them did. */
export function createCacheStatus(): { readonly told: (outcome: Outcome) => void; readonly middleware: ProtocolMiddleware } {
  const requests = new AsyncLocalStorage<Seen>()
  return {
    told(outcome) {
      const seen = requests.getStore()
      if (seen) seen[outcome] = true
    },
    middleware: {
      name: 'cache-status',
      on: 'rest',
      phase: 'inner',
      async execute(_request, next) {
        const seen: Seen = {}
        const reply = await requests.run(seen, next)
        const status = statusOf(seen)
        if (status !== undefined) reply.headers.set('cache-status', `objectql; ${status}`)
        return reply
      },
    },
  }
}

/** Undefined where nothing was read. */
function statusOf({ hit, stale, miss, collapsed, bypass }: Seen): string | undefined {
  if (bypass) return 'fwd=bypass'
  if (miss) return 'fwd=miss; stored'
  if (collapsed) return 'fwd=miss; collapsed'
  if (stale) return 'hit; detail=stale'
  return hit ? 'hit' : undefined
}
