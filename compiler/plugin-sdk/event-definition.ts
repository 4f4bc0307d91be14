declare const PAYLOAD: unique symbol

/** An event that a plugin emits: `event<Award>('Points were awarded.')`. The payload is a type alone. */
export interface EventDefinition<Payload = unknown> {
  readonly description?: string
  readonly label?: string
  readonly tags?: readonly string[]
  /** Never there. */
  readonly [PAYLOAD]?: Payload
}

/** One of the `events` of a plugin. What is said about it stands in the metadata of the application, under the type `event`. */
export const event = <Payload = unknown>(
  said: string | { readonly description?: string; readonly label?: string; readonly tags?: readonly string[] } = {},
): EventDefinition<Payload> => (typeof said === 'string' ? { description: said } : { ...said })

/** Events by name. */
export interface EventDefinitions {
  readonly [name: string]: EventDefinition
}

/** The payload of each event by its name. */
export type PayloadsOf<Definitions> = {
  readonly [Name in keyof Definitions]: Definitions[Name] extends EventDefinition<infer Payload> ? Payload : unknown
}

/** What another plugin emits: `.hears<EventsOf<typeof loyalty>>()`. */
export type EventsOf<Plugin> = Plugin extends { readonly events?: infer Definitions }
  ? PayloadsOf<NonNullable<Definitions>>
  : Record<never, never>
