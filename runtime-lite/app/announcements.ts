import type { HookRegistry } from '../behaviour/hook-registry.ts'
import type { AppEvents } from '../events/app-events.ts'
import { createEventBus, type EventBus, type EventBusOptions } from '../events/event-bus.ts'
import { createRecordEvents } from '../events/record-events.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { AppManifest } from './app-manifest.ts'

/** What an application tells those who listen, and what it knows about itself. */
export interface Announcements {
  readonly events: EventBus<AppEvents>
  /** Has to be called when others listen than before. */
  listenersChanged(): void
  /** The definitions of the schemas, and what was registered over them. Loaded with the first who asks. */
  metadata(): Promise<Metadata>
}

export function createAnnouncements(manifest: AppManifest, options: EventBusOptions, hooks: () => HookRegistry): Announcements {
  const events: EventBus<AppEvents> = createEventBus<AppEvents>({ ...options, onChange: () => listenersChanged() })
  const listenersChanged = createRecordEvents(
    Object.keys(manifest.objects),
    { isHeard: (name) => events.isHeard(name), emit: (name, payload) => events.emit(name, payload as never) },
    hooks,
  )
  let metadata: Promise<Metadata> | undefined
  return {
    events,
    listenersChanged,
    metadata() {
      metadata ??= Promise.all([manifest.registry(), import('../metadata/metadata.ts')]).then(([{ registry }, { createMetadata }]) =>
        createMetadata(registry, (change) => void events.emit(`metadata:${change.kind}`, change)),
      )
      return metadata
    },
  }
}
