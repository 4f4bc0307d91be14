const formatByZone = new Map<string, Intl.DateTimeFormat>()

/** An instant as it is called in a time zone: `2026-01-01T00:30:00`, in place of `2025-12-31T23:30:00.000Z`. */
export function localInstant(instant: string, timeZone: string): string {
  let format = formatByZone.get(timeZone)
  if (!format) {
    const two = '2-digit'
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    })
    formatByZone.set(timeZone, format)
  }
  const part = Object.fromEntries(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]))
  return `${part['year']?.padStart(4, '0')}-${part['month']}-${part['day']}T${part['hour']}:${part['minute']}:${part['second']}`
}
