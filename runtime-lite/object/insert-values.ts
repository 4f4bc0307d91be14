/** A boolean as SQLite holds it. */
export const bit = (value: boolean | null | undefined): 0 | 1 | null => (value === null || value === undefined ? null : value ? 1 : 0)

/** A structured value as SQLite holds it. */
export const jsonText = (value: unknown): string | null => (value === null || value === undefined ? null : JSON.stringify(value))
