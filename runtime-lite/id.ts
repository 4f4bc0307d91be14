const POOL_BYTES = 4096
let pool: Uint8Array = new Uint8Array(0)
let used = POOL_BYTES

/** Random bytes, fetched from the system a page at a time. */
function take(count: number): number {
  if (used + count > pool.length) {
    pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES))
    used = 0
  }
  used += count
  return used - count
}

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

let lastTime = 0
let sequence = 0
let prefix = ''

/** A UUID version 7 (RFC 9562): sorts by creation time, also within one millisecond in one process. */
export function uuidv7(): string {
  const now = Date.now()
  if (now > lastTime) {
    lastTime = now
    const start = take(2)
    sequence = ((pool[start] ?? 0) << 3) | ((pool[start + 1] ?? 0) & 7)
    prefix = timePrefix(now)
  } else if (++sequence > 0xfff) {
    // 4,096 ids in one millisecond: borrow from the next one (RFC 9562, 6.2).
    lastTime++
    sequence = 0
    prefix = timePrefix(lastTime)
  }
  const at = take(8)
  const byte = (offset: number): string => HEX[pool[at + offset] ?? 0] ?? ''
  const high = HEX[0x70 | (sequence >> 8)] ?? ''
  const variant = HEX[0x80 | ((pool[at] ?? 0) & 0x3f)] ?? ''
  return `${prefix}${high}${HEX[sequence & 0xff] ?? ''}-${variant}${byte(1)}-${byte(2)}${byte(3)}${byte(4)}${byte(5)}${byte(6)}${byte(7)}`
}

function timePrefix(time: number): string {
  const hex = time.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-`
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'

/** 21 URL-safe random characters (126 bits). */
export function nanoid(): string {
  const at = take(21)
  let id = ''
  for (let offset = 0; offset < 21; offset++) id += ALPHABET[(pool[at + offset] ?? 0) & 63]
  return id
}

let isoSecond = -1
let isoPrefix = ''

/** `YYYY-MM-DDTHH:mm:ss.sssZ` of an instant; the text of the second is reused while it lasts. */
export function isoInstant(time: number): string {
  const second = Math.floor(time / 1000)
  if (second !== isoSecond) {
    isoSecond = second
    isoPrefix = new Date(second * 1000).toISOString().slice(0, 20)
  }
  const milliseconds = time - second * 1000
  return `${isoPrefix}${milliseconds < 10 ? '00' : milliseconds < 100 ? '0' : ''}${milliseconds}Z`
}
