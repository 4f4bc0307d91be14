import type { App } from '../app/app.ts'
import type { PluginEvent } from '../events/app-events.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { Middleware } from '../middleware/middleware.ts'
import { stoppedPlugin } from './kernel-error.ts'
import type { PluginFacts } from './kernel-plan.ts'
import { ownedEvents } from './owned-events.ts'
import type { Logger, PluginContext } from './plugin.ts'
import type { ServiceTable } from './services.ts'

export type PluginState = 'registered' | 'installing' | 'installed' | 'starting' | 'started' | 'stopping' | 'stopped' | 'failed'

/** One life of a plugin: restarting it makes another one. */
export interface PluginComponent {
  readonly name: string
  readonly version?: string
  readonly context: PluginContext
  readonly abort: AbortController
  state: PluginState
  /** It has something to stop. */
  isInstalled: boolean
}

export type PluginPhase = 'install' | 'start' | 'stop'

/** The states a plugin goes through in a phase. */
const STATES: Readonly<Record<PluginPhase, { readonly during: PluginState; readonly after: 'installed' | 'started' | 'stopped' }>> = {
  install: { during: 'installing', after: 'installed' },
  start: { during: 'starting', after: 'started' },
  stop: { during: 'stopping', after: 'stopped' },
}

export interface ComponentPlace {
  readonly app: App
  readonly metadata: Metadata
  readonly services: ServiceTable
  readonly logger: Logger
}

export function createComponent({ name, version, config = {} }: PluginFacts, place: ComponentPlace): PluginComponent {
  const abort = new AbortController()
  const { signal } = abort
  const { app } = place
  return {
    name,
    ...(version === undefined ? {} : { version }),
    context: {
      ...{ name, config, app, signal },
      events: ownedEvents(app.events, signal),
      metadata: place.metadata,
      services: place.services.of(name, signal),
      logger: place.logger,
      use(middleware: Middleware) {
        if (signal.aborted) throw stoppedPlugin(name)
        const undo = app.use(middleware)
        signal.addEventListener('abort', undo, { once: true })
        return undo
      },
    },
    abort,
    state: 'registered',
    isInstalled: false,
  }
}

export function takesPart({ state, isInstalled }: PluginComponent, phase: PluginPhase): boolean {
  if (phase === 'stop') return isInstalled
  return phase === 'install' ? state === 'registered' : state === 'installed'
}

export function entered(component: PluginComponent, phase: PluginPhase): void {
  if (component.state !== 'failed') component.state = STATES[phase].during
}

export function passed(component: PluginComponent, phase: PluginPhase, { events }: App): void {
  // That it failed before it was stopped is what an operator wants to see.
  if (component.state !== 'failed') component.state = STATES[phase].after
  if (phase !== 'start') component.isInstalled = phase === 'install'
  events.emit(`plugin:${STATES[phase].after}`, eventOf(component))
}

export const eventOf = ({ name, version }: PluginComponent): PluginEvent => ({ name, ...(version === undefined ? {} : { version }) })
