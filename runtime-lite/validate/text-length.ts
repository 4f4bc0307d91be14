/** Length in Unicode code points, as JSON Schema counts it: an emoji outside the basic plane is one, not two. */
export function codePoints(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length - 1; index++) {
    if (!isHighSurrogate(text.charCodeAt(index)) || !isLowSurrogate(text.charCodeAt(index + 1))) continue
    count--
    index++
  }
  return count
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff
const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff

/** Code points are counted only where the number of UTF-16 units does not decide already. */
export const isLongerThan = (text: string, limit: number): boolean =>
  text.length > limit && (text.length > 2 * limit || codePoints(text) > limit)

export const isLongEnough = (text: string, least: number): boolean =>
  text.length >= least && (text.length >= 2 * least || codePoints(text) >= least)
