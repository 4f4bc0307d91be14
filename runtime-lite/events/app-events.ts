import type { MetadataChange } from '../metadata/metadata.ts'

export interface PluginEvent {
  readonly name: string
  readonly version?: string
}

export interface PluginFailure extends PluginEvent {
  readonly phase: 'install' | 'start' | 'stop'
  readonly error: unknown
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
  'metadata:registered': MetadataChange
  'metadata:unregistered': MetadataChange
}
