/** A SQL identifier: always quoted, so that any name is legal. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A SQL string literal. For names known at compile time only: values travel as parameters. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`
