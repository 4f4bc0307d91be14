import type { Committed, HotApplication, HotRequest, Prepared } from './hot-application.ts'
import { createModuleGenerations } from './module-generations.ts'
import { useOwnModules } from './own-modules.ts'
import { type StartFailure, type StartNotes, type StartRequest, startGenerated } from './start-generated.ts'

/** What the development server tells one of its application processes. */
export type ToApp =
  | { readonly kind: 'start'; readonly request: StartRequest }
  | { readonly kind: 'prepare'; readonly request: HotRequest }
  | { readonly kind: 'commit' | 'discard' | 'stop' }

/** What it hears. */
export type FromApp =
  | { readonly kind: 'ready'; readonly port: number; readonly notes: StartNotes }
  | { readonly kind: 'failed'; readonly failure: StartFailure }
  | { readonly kind: 'prepared'; readonly answer: Prepared }
  | { readonly kind: 'committed'; readonly answer: Committed }

// One process runs one generation of the generated code and is then gone, with all it loaded: nothing stale can survive. Only code of plugins, which the
// kernel starts and stops, has other versions in the same process.
useOwnModules()
const generations = createModuleGenerations()
let hot: HotApplication | undefined
let close = async (): Promise<void> => {}

process.on('message', async (message: ToApp) => {
  if (message.kind === 'stop') {
    await close()
    process.exit(0)
  }
  if (message.kind === 'discard') hot?.discard()
  if (message.kind === 'prepare') tell({ kind: 'prepared', answer: (await hot?.prepare(message.request)) ?? { kind: 'cold' } })
  if (message.kind === 'commit' && hot) tell({ kind: 'committed', answer: await hot.commit() })
  if (message.kind !== 'start') return
  const started = await startGenerated(message.request)
  if (!started.ok) {
    tell({ kind: 'failed', failure: started.failure }, () => process.exit(1))
    return
  }
  close = () => started.app.close()
  const { createHotApplication } = await import('./hot-application.ts')
  hot = createHotApplication(started.application, message.request.entry, generations)
  tell({ kind: 'ready', port: started.app.port, notes: { dangling: started.dangling, refused: started.refused } })
})

// The development server is gone, however it went.
process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches the whole group; the development server decides when we stop.
process.on('SIGINT', () => {})

function tell(message: FromApp, then?: () => void): void {
  process.send?.(message, () => then?.())
}

// Loaded while waiting, so that a saved schema does not wait for it.
await Promise.all([import('../../runtime-lite/index.ts'), import('../../runtime-lite/rest/index.ts'), import('./hot-application.ts')])
