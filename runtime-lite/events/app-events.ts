import type { MetadataChange } from '../metadata/metadata.ts'
import type { RawRecord } from '../object/object-plan.ts'

export interface PluginEvent {
  readonly name: string
  readonly version?: string
}

export interface PluginFailure extends PluginEvent {
  readonly phase: 'install' | 'start' | 'stop'
  readonly error: unknown
}

/** What became of a record. Told after its transaction is committed. */
export interface RecordEvent<Stored = RawRecord> {
  readonly object: string
  readonly id: string
  /** As it is now; a deleted or purged one as it was. */
  readonly record: Stored
  /** As it was, except of new records. */
  readonly previous: Stored | undefined
  /** Id of who did it, where somebody is known to have asked. */
  readonly user: string | undefined
}

export type RecordChange = 'created' | 'updated' | 'deleted' | 'restored' | 'purged'

/** What a creation resolves to may hold warnings, which are not part of the record. */
type RecordOf<Calls> = Calls extends { restore(id: string): Promise<infer Stored> } ? Stored : RawRecord

/** Payload of an event by its name: `record.created.account` has an account. */
export type PayloadOf<Objects, Events, Name extends string> = Name extends keyof Events
  ? Events[Name]
  : Name extends `record.${RecordChange}.${infer Changed}`
    ? RecordEvent<Changed extends keyof Objects ? RecordOf<Objects[Changed]> : RawRecord>
    : unknown

/**
 * Names that a plugin may listen to and emit. One that declares its events is held to them, those of every application and of records, and to patterns; else any
 * name will do.
 */
export type EventName<Objects, Events> = [keyof Events] extends [never]
  ? string
  :
      | (keyof AppEvents & string)
      | (keyof Events & string)
      | ([keyof Objects] extends [never] ? `record.${RecordChange}.${string}` : `record.${RecordChange}.${keyof Objects & string}`)
      | `${string}*${string}`

/** A database behind a driver. */
export interface DriverEvent {
  /** Its dialect. */
  readonly driver: 'postgres' | 'mysql' | 'sqlite'
  /** Of one that is lost. */
  readonly error?: unknown
}

/** What every application tells about itself. */
export interface AppEvents {
  /** All plugins have started. */
  'kernel:started': { readonly plugins: readonly string[] }
  /** All plugins have stopped; the database is about to be closed. */
  'kernel:stopped': { readonly plugins: readonly string[] }
  'plugin:installed': PluginEvent
  'plugin:started': PluginEvent
  'plugin:stopped': PluginEvent
  'plugin:failed': PluginFailure
  /** The first connection to a database behind a driver, and the first after it was lost. */
  'driver:connected': DriverEvent
  /** Its last connection was ended from outside, or it cannot be reached. */
  'driver:lost': DriverEvent
  'metadata:registered': MetadataChange
  'metadata:unregistered': MetadataChange
}
