/** SQLite ignores the case of ASCII letters in names. */
export const foldName = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
