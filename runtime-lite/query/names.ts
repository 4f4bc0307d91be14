/** A SQL identifier: always quoted, so that any name is legal. */
export const quoteName = (name: string): string => `"${name.includes('"') ? name.replaceAll('"', '""') : name}"`

/** A SQL string literal. For names known while compiling and plain ones: values travel as parameters. */
export const quoteText = (text: string): string => `'${text.includes("'") ? text.replaceAll("'", "''") : text}'`

/**
 * Keys of an answer that clients make up (names of groups, paths into JSON) stand in the text of its statement, in quotes. They are words
 * that end no literal in any database, whatever its settings, and are no mark of a parameter.
 */
export const isPlainName = (name: string): boolean => name.length <= 256 && /^[\p{L}\p{N}\p{M}_ .$@:/-]+$/u.test(name)

/** What is wrong with a name that is not, for messages. */
export const PLAIN_NAME = 'names are at most 256 letters, digits, blanks and . _ - / : $ @'
