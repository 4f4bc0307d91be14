/** What a value may be, one bit for each possibility. */
export type Kinds = number

export const STRING: Kinds = 1
export const NUMBER: Kinds = 2
export const BOOLEAN: Kinds = 4
/** Null or undefined. */
export const NOTHING: Kinds = 8
/** Objects, functions, symbols and big integers: to compute with them may run code or throw. */
export const OTHER: Kinds = 16

/** What turns into a text, a number or a boolean without running code. */
export const PLAIN: Kinds = STRING | NUMBER | BOOLEAN | NOTHING
export const ANY: Kinds = PLAIN | OTHER

export const isOnly = (kinds: Kinds | undefined, allowed: Kinds): boolean => kinds !== undefined && (kinds & ~allowed) === 0
