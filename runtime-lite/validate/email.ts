const DOT = 46
const HYPHEN = 45

/**
 * An address people use: `local@domain` with at least one dot in the domain. No comments, no quoted local part, no IP literal.
 * Letters outside ASCII are accepted on both sides (RFC 6531). One pass, no backtracking.
 */
export function isEmail(text: string): boolean {
  const { length } = text
  if (length > 254) return false
  const at = text.indexOf('@')
  if (at < 1 || at > 64) return false
  let isAscii = true
  let previous = DOT
  for (let index = 0; index < at; index++) {
    const unit = text.charCodeAt(index)
    if (unit === DOT) {
      if (previous === DOT) return false
    } else if (unit > 127) isAscii = false
    else if (!isAtomUnit(unit)) return false
    previous = unit
  }
  if (previous === DOT) return false
  let labels = 0
  let start = at + 1
  previous = HYPHEN
  for (let index = start; index <= length; index++) {
    const unit = index === length ? DOT : text.charCodeAt(index)
    if (unit === DOT) {
      if (index === start || index - start > 63 || previous === HYPHEN || text.charCodeAt(start) === HYPHEN) return false
      labels++
      start = index + 1
    } else if (unit > 127) isAscii = false
    else if (!isLetterOrDigit(unit) && unit !== HYPHEN) return false
    previous = unit
  }
  return labels > 1 && (isAscii || PRINTABLE.test(text))
}

/** No blanks, no invisible characters, no lone surrogates. */
const PRINTABLE = /^[\x21-\x7e\p{L}\p{M}\p{N}]+$/u

const isLetterOrDigit = (unit: number): boolean => (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90)

/** atext of RFC 5322: everything printable but `()<>[]:;@\,."`. */
const isAtomUnit = (unit: number): boolean =>
  isLetterOrDigit(unit) ||
  unit === 33 ||
  (unit >= 35 && unit <= 39) ||
  unit === 42 ||
  unit === 43 ||
  unit === HYPHEN ||
  unit === 47 ||
  unit === 61 ||
  unit === 63 ||
  (unit >= 94 && unit <= 96) ||
  (unit >= 123 && unit <= 126)
