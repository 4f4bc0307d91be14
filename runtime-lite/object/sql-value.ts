/** A value SQLite stores. */
export type SqlValue = string | number | bigint | null | Uint8Array
