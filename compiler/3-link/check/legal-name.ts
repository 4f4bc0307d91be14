/**
 * True for a name that works as a JSON key, a URL segment, a column and a word in a filter: letters of any script, digits, `_` and
 * `-`. Prefixes that mean something to filters (`$`), separators of paths and `__proto__` are out.
 */
export const isLegalName = (name: string): boolean => COMMON.test(name) || (LEGAL.test(name) && name !== '__proto__')

const COMMON = /^[A-Za-z][A-Za-z0-9_]*$/
const LEGAL = /^[\p{L}\p{N}_][\p{L}\p{M}\p{N}_-]*$/u
