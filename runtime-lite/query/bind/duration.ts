/** A length of time: whole months, which differ in length, and milliseconds. */
export interface Duration {
  readonly months: number
  readonly milliseconds: number
}

const ISO =
  /^([+-])?P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,7})D)?(?:T(?:(\d{1,8})H)?(?:(\d{1,9})M)?(?:(\d{1,10}(?:\.\d{1,9})?)S)?)?$/i

/** ISO 8601, `P1Y2M3W4DT5H6M7.5S`, also inside `duration'…'` as OData writes it; undefined when it is none. */
export function parseDuration(text: string): Duration | undefined {
  const match = ISO.exec(/^duration'(.*)'$/i.exec(text)?.[1] ?? text)
  if (!match || match.slice(2).every((part) => part === undefined)) return undefined
  const [years, months, weeks, days, hours, minutes, seconds] = match.slice(2).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const sign = match[1] === '-' ? -1 : 1
  const inDays = weeks * 7 + days
  return {
    months: sign * (years * 12 + months),
    milliseconds: sign * Math.round(inDays * 86_400_000 + hours * 3_600_000 + minutes * 60_000 + seconds * 1_000),
  }
}

/** The instant so much later (or earlier), milliseconds since 1970; the 31st becomes the last day of a shorter month. NaN beyond the years 1 to 9999. */
export function shiftInstant(instant: number, { months, milliseconds }: Duration, sign: 1 | -1): number {
  const date = new Date(instant)
  if (months !== 0) {
    const day = date.getUTCDate()
    date.setUTCDate(1)
    date.setUTCMonth(date.getUTCMonth() + sign * months)
    const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
    date.setUTCDate(Math.min(day, lastDay))
  }
  const shifted = date.getTime() + sign * milliseconds
  const year = new Date(shifted).getUTCFullYear()
  return year >= 1 && year <= 9999 ? shifted : Number.NaN
}
