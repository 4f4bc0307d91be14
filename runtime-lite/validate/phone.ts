/**
 * A telephone number as people write it: 3 to 20 digits with blanks, dots, hyphens, slashes and brackets between them, one plus
 * sign before the first digit, and an extension (`x12`, `ext. 12`, `#12`, `,12`) of up to 8 digits.
 */
export function isPhone(text: string): boolean {
  if (text.length > 40) return false
  let digits = 0
  let index = 0
  let hasPlus = false
  for (; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (isDigit(unit)) digits++
    else if (unit === 43) {
      if (digits > 0 || hasPlus) return false
      hasPlus = true
    } else if (!isSeparator(unit)) break
  }
  if (digits < 3 || digits > 20) return false
  return index === text.length || isExtension(text.slice(index).toLowerCase())
}

function isExtension(text: string): boolean {
  let index = text.startsWith('ext') ? 3 : text.startsWith('x') || text.startsWith('#') || text.startsWith(',') ? 1 : 0
  if (index === 0) return false
  if (index === 3 && text.charCodeAt(3) === 46) index++
  while (text.charCodeAt(index) === 32) index++
  const digits = text.length - index
  if (digits < 1 || digits > 8) return false
  for (; index < text.length; index++) if (!isDigit(text.charCodeAt(index))) return false
  return true
}

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57

/** Blank, `( )`, `-`, `.`, `/`. */
const isSeparator = (unit: number): boolean => unit === 32 || unit === 40 || unit === 41 || (unit >= 45 && unit <= 47)
