import { isEmail as isAddress } from '../validate/email.ts'
import { isPhone as isNumber } from '../validate/phone.ts'
import { isLongerThan } from '../validate/text-length.ts'
import { isUrl as isAbsolute } from '../validate/url.ts'

/** What texts have to look like, as generated rules ask. Null and empty text look like anything: required fields are another rule. */
type Text = string | null

export const isEmail = (text: Text): boolean => isMissing(text) || isAddress(text)
export const isUrl = (text: Text): boolean => isMissing(text) || isAbsolute(text)
export const isPhone = (text: Text): boolean => isMissing(text) || isNumber(text)

export function isJson(text: Text): boolean {
  if (isMissing(text)) return true
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Longer texts match no pattern: what a pattern costs may grow faster than its text. */
const LONGEST = 10_000

export const matches = (text: Text, pattern: RegExp): boolean => isMissing(text) || isMatch(text, pattern)

/** The text has a part that the pattern describes. */
export const isMatch = (text: string, pattern: RegExp): boolean => !isLongerThan(text, LONGEST) && pattern.test(text)

const isMissing = (text: Text): text is null | '' => text === null || text === ''
