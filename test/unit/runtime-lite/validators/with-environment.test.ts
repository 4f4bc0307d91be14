import { expect, test } from 'vitest'
import { MissingVariable, withEnvironment } from '../../../../runtime-lite/validators/with-environment.ts'

const ENVIRONMENT = { HOST: 'h', EMPTY: '', ODD: '${HOST}$&' }

test.each([
  ['https://${HOST}/x', 'https://h/x'],
  ['${EMPTY:-preset}', 'preset'],
  ['${GONE:-}', ''],
  ['${HOST:-preset}', 'h'],
  // What a variable holds is no text to fill in.
  ['${ODD}', '${HOST}$&'],
  ['$HOST ${1} {HOST}', '$HOST ${1} {HOST}'],
])('%s', (text, filled) => {
  expect(withEnvironment(text, ENVIRONMENT)).toBe(filled)
})

test.each(['${GONE}', '${EMPTY}', '${toString}', '${__proto__}'])('%s is missing', (text) => {
  expect(() => withEnvironment(text, ENVIRONMENT)).toThrow(MissingVariable)
})
