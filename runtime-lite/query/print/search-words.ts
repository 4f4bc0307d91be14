/** Words are what stands between spaces, control characters and ASCII punctuation. */
const DIVIDERS = /[\0-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+/

export const searchWords = (text: string): readonly string[] => text.split(DIVIDERS).filter((word) => word !== '')
