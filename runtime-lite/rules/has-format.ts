import { digitsAt, hasClockAt, isDate } from '../validate/calendar.ts'
import { isEmail } from '../validate/email.ts'

/** Formats of JSON Schema that are checked. Longer texts have none of them. */
const LONGEST = 10_000

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i
const PART = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/
const DURATION = /^P(?:\d+W|(?=[\dT])(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+S)?)?)$/
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
/** Characters of RFC 3986, and escapes; brackets stand around the host alone. */
const ADDRESS = /^(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[\dA-Fa-f]{2})*$/

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.')
  return parts.length === 4 && parts.every((part) => PART.test(part))
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const last = groups.at(-1)
  const hasAddress = last?.includes('.') === true
  if (hasAddress && (!isIpv4(last) || text.endsWith('::'))) return false
  const count = groups.length + (hasAddress ? 1 : 0)
  if (halves.length === 1 ? count !== 8 : count > 7) return false
  return (hasAddress ? groups.slice(0, -1) : groups).every((group) => /^[\da-f]{1,4}$/i.test(group))
}

const isHostname = (text: string): boolean => text.length <= 253 && text.split('.').every((label) => NAME.test(label))

/** `HH:MM:SS`, any fraction, and a zone. */
function isClock(text: string): boolean {
  const zone = /^(\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i
  return digitsAt(text, 0, 2) >= 0 && hasClockAt(text, 0) && zone.test(text.slice(8))
}

const isInstant = (text: string): boolean => isDate(text.slice(0, 10)) && /^[t ]$/i.test(text[10] ?? '') && isClock(text.slice(11))

const isAddress = (text: string): boolean => ADDRESS.test(text.replace(/\/\/\[[\da-f:.]+\]/i, '//'))

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}

const FORMATS = {
  date: isDate,
  time: isClock,
  'date-time': isInstant,
  duration: (text: string): boolean => text !== 'P' && DURATION.test(text),
  email: isEmail,
  hostname: isHostname,
  ipv4: isIpv4,
  ipv6: isIpv6,
  uri: (text: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(text) && isAddress(text),
  'uri-reference': isAddress,
  uuid: (text: string): boolean => UUID.test(text.replace(/^urn:uuid:/, '')),
  'json-pointer': (text: string): boolean => /^(?:\/(?:[^~/]|~[01])*)*$/.test(text),
  regex: isPattern,
} as const

export const hasFormat = (text: string, format: keyof typeof FORMATS): boolean => text.length <= LONGEST && FORMATS[format](text)
