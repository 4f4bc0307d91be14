import type { SqlDriver } from '../database/session.ts'
import type { AppEvents } from './app-events.ts'
import type { EventBus } from './event-bus.ts'

/** Tells whether a database behind a driver is there. Gives the function that ends it. */
export function createDriverEvents({ dialect, watch }: SqlDriver, events: EventBus<AppEvents>): (() => void) | undefined {
  const told = { driver: dialect.name }
  return watch?.((change) => {
    if (change.state === 'connected') events.emit('driver:connected', told)
    else events.emit('driver:lost', { ...told, error: change.error })
  })
}
