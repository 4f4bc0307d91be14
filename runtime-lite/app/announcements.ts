import type { AppEvents } from '../events/app-events.ts'
import { createEventBus, type EventBus, type EventBusOptions } from '../events/event-bus.ts'
import type { Metadata } from '../metadata/metadata.ts'
import type { AppManifest } from './app-manifest.ts'

/** What an application tells those who listen, and what it knows about itself. */
export interface Announcements {
  readonly events: EventBus<AppEvents>
  /** The definitions of the schemas, and what was registered over them. Loaded with the first who asks. */
  metadata(): Promise<Metadata>
}

export function createAnnouncements(manifest: AppManifest, options: EventBusOptions): Announcements {
  const events = createEventBus<AppEvents>(options)
  let metadata: Promise<Metadata> | undefined
  return {
    events,
    metadata() {
      metadata ??= Promise.all([manifest.registry(), import('../metadata/metadata.ts')]).then(([{ registry }, { createMetadata }]) =>
        createMetadata(registry, (change) => void events.emit(`metadata:${change.kind}`, change)),
      )
      return metadata
    },
  }
}
