/**
 * True when a number needs no more decimals than `scale`, judged by the shortest decimal text that reads back as the same number:
 * 1.005 has three although its binary value lies below 1.005, 0.07 has two although 0.07 * 100 is not 7.
 */
export function fitsScale(value: number, scale: number): boolean {
  const text = String(Math.abs(value))
  const exponentAt = text.indexOf('e')
  const mantissa = exponentAt < 0 ? text : text.slice(0, exponentAt)
  const exponent = exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1))
  const dot = mantissa.indexOf('.')
  return (dot < 0 ? 0 : mantissa.length - dot - 1) - exponent <= scale
}
