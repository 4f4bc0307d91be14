import { expect, test } from 'vitest'
import { readVerdict } from '../../../../runtime-lite/validators/read-verdict.ts'

test.each<[unknown, unknown]>([
  [true, { isRight: true }],
  [undefined, { isRight: true }],
  [null, { isRight: true }],
  [{ valid: true, message: 'ignored' }, { isRight: true }],
  [false, { isRight: false }],
  ['No.', { isRight: false, message: 'No.' }],
  [{ valid: false }, { isRight: false }],
  [
    { valid: false, message: 'No.', params: { a: 1 } },
    { isRight: false, message: 'No.', params: { a: 1 } },
  ],
  [{ valid: false, message: ' ', params: [] }, { isRight: false }],
  [{ valid: false, message: 5 }, { isRight: false }],
  ['', undefined],
  [' ', undefined],
  [0, undefined],
  [1, undefined],
  [{}, undefined],
  [[], undefined],
  [{ valid: 'true' }, undefined],
  [{ valid: 1 }, undefined],
  [new Date(), undefined],
])('an answer of %j', (answer, verdict) => {
  expect(readVerdict(answer, false)).toEqual(verdict)
  // An address has to say so.
  expect(readVerdict(answer, true)).toEqual(answer === null || answer === undefined ? undefined : verdict)
})

test('long messages are cut, never inside of a character', () => {
  expect(readVerdict('x'.repeat(1000), true)).toEqual({ isRight: false, message: 'x'.repeat(1000) })
  expect(readVerdict(`${'x'.repeat(999)}😀`, true)).toEqual({ isRight: false, message: `${'x'.repeat(999)}\uFFFD…` })
})
