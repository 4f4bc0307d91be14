/** One step of a JSON pointer (RFC 6901): `/first~1name`. */
export const pointerStep = (key: string | number): string => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`
