/** Nearly every text. */
const NARROW = /^[\x20-\x7e]*$/

/** Columns a text takes on a terminal: East Asian wide characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length
  let width = 0
  for (const character of text) {
    if (/[\p{Mn}\p{Me}\p{Cf}]/u.test(character)) continue
    width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1
  }
  return width
}

const WIDE_RANGES = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
] as const

const isWide = (codePoint: number): boolean => WIDE_RANGES.some(([first, last]) => codePoint >= first && codePoint <= last)
