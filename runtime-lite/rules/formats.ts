import { isMatch } from '../expression/functions.ts'
import { isEmail as isAddress } from '../validate/email.ts'
import { isPhone as isNumber } from '../validate/phone.ts'
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

export const matches = (text: Text, pattern: RegExp): boolean => isMissing(text) || isMatch(text, pattern)

const isMissing = (text: Text): text is null | '' => text === null || text === ''
