import type { SqlValue } from '../../object/object-plan.ts'

const LAST = 0x10_ffff

/**
 * The first text by code point that is greater than all texts which start with `prefix`: with it, "starts with" is a range. Behind an empty prefix
 * and one of last code points there is none; what is given then is greater than anything but texts of a hundred such code points.
 */
export function afterPrefix(prefix: SqlValue): SqlValue {
  const points = Array.from(String(prefix), (character) => character.codePointAt(0) ?? 0)
  while (points.at(-1) === LAST) points.pop()
  const last = points.pop()
  if (last === undefined) return String.fromCodePoint(LAST).repeat(100)
  // Surrogates are no characters.
  return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}
