import { isPlainObject } from '../validate/plain-object.ts'

/** What a validator says about a record. */
export type Verdict =
  | { readonly isRight: true }
  | {
      readonly isRight: false
      /** In the place of the rule's own. */
      readonly message?: string
      /** Values for the message of the rule. */
      readonly params?: Readonly<Record<string, unknown>>
    }

const RIGHT: Verdict = Object.freeze({ isRight: true })

/** Characters of a message. */
const MAX_MESSAGE = 1000

/**
 * `true`, null and nothing: the record is right. `false`, a message, or `{ valid, message?, params? }`. Undefined for anything else, which nobody
 * understands. An address has to say so: there null and nothing are no answer.
 */
export function readVerdict(answer: unknown, isRemote: boolean): Verdict | undefined {
  if (answer === true) return RIGHT
  if (answer === false) return { isRight: false }
  if (answer === undefined || answer === null) return isRemote ? undefined : RIGHT
  if (typeof answer === 'string') return answer.trim() === '' ? undefined : refusal(answer)
  if (!isPlainObject(answer) || typeof answer['valid'] !== 'boolean') return undefined
  if (answer['valid']) return RIGHT
  const { message, params } = answer
  return {
    isRight: false,
    ...(typeof message === 'string' && message.trim() !== '' ? { message: shortened(message) } : {}),
    ...(isPlainObject(params) ? { params } : {}),
  }
}

export const refusal = (message: string): Verdict => ({ isRight: false, message: shortened(message) })

const shortened = (message: string): string =>
  message.length <= MAX_MESSAGE ? message : `${message.slice(0, MAX_MESSAGE).toWellFormed()}…`
