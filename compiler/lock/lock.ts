/**
 * What `objectql.lock.json` remembers between compiles, so that names and numbers others rely on never change by themselves:
 * protobuf field numbers, columns, tables, REST paths, type and file names.
 */
export interface Lock {
  readonly objects: ReadonlyMap<string, LockedObject>
  /** Objects that are gone. Their numbers are never given to another object; one that comes back gets its own again. */
  readonly reserved: ReadonlyMap<string, LockedObject>
}

export interface LockedObject {
  /** From 1, unique in the app for ever. */
  readonly id: number
  /** Path segment of the REST API. */
  readonly rest: string
  readonly table: string
  /** Name of the TypeScript type, `ObjectNames.pascal`. */
  readonly type: string
  /** `ObjectNames.pascalPlural`. */
  readonly plural: string
  /** `ObjectNames.file`. */
  readonly file: string
  readonly fields: ReadonlyMap<string, LockedField>
  /** Fields that are gone, as for objects. */
  readonly reserved: ReadonlyMap<string, LockedField>
}

export interface LockedField {
  /** Protobuf field number: from 1, unique in the object for ever, never 19000 to 19999. */
  readonly id: number
  /** Undefined for a field that is not stored. */
  readonly column?: string
}

/** The lock of an app that was never compiled. */
export const EMPTY_LOCK: Lock = Object.freeze({ objects: new Map(), reserved: new Map() })

/** Where the lock lives, beside the configuration. */
export const LOCK_FILE_NAME = 'objectql.lock.json'

/** Version of the file's layout. */
export const LOCK_VERSION = 1

/** Numbers protobuf keeps for itself. */
export const isProtobufReserved = (id: number): boolean => id >= 19_000 && id <= 19_999

/** Largest field number protobuf can encode. */
export const LARGEST_ID = 536_870_911
