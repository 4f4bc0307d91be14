import { isOfProtocol, type Middleware } from '../middleware/middleware.ts'
import type { AppCore } from './app-core.ts'

/** Registers middleware. What goes around requests does so at once. */
export function use(core: AppCore, middleware: Middleware): () => void {
  const undo = core.registry.middleware.use(middleware)
  if (!isOfProtocol(middleware)) return undo
  const follow = (): void => {
    const loading = aroundRequests(core)
    // No request gets past it while it is loaded.
    core.aroundRest = (request, deliver, handle) =>
      void loading.then(() => (core.aroundRest ? core.aroundRest(request, deliver, handle) : handle(deliver)))
  }
  follow()
  return () => {
    undo()
    follow()
  }
}

/** Puts together what goes around requests: the compiled nest, and what is registered. */
export async function aroundRequests(core: AppCore): Promise<void> {
  const { aroundRest } = await import('../rest/around-rest.ts')
  const compiled = await core.manifest.aroundRest?.()
  core.aroundRest = aroundRest(core, compiled?.aroundRest, core.registry.middleware.ofRest())
}
