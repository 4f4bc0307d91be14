import type { App } from '../app/app.ts'
import type { EventBus } from '../events/event-bus.ts'

type Events = App['events']

/** The events of an application as one plugin has them: its listeners end with it, also where it forgets to stop them. */
export function ownedEvents(events: Events, signal: AbortSignal): Events {
  const owned = <Listen extends EventBus['on']>(listen: Listen): Listen =>
    ((pattern: string, listener: () => unknown, options?: object) =>
      signal.aborted ? () => undefined : listen(pattern, listener, { ...options, owner: signal })) as Listen
  signal.addEventListener('abort', () => events.release(signal))
  return { ...events, on: owned(events.on as EventBus['on']), once: owned(events.once as EventBus['once']) } as Events
}
