import { expect, test } from 'vitest'
import { jsonErrorAt } from '../../../../runtime-lite/rest/json-error.ts'
import { mangled } from '../../../support/hostile.ts'
import { random, testSeed } from '../../../support/random.ts'

test.each([
  ['', 0],
  ['  ', 2],
  ['nul', 0],
  ['truex', 4],
  ['01', 1],
  ['1.', 1],
  ['-', 0],
  ['[1,]', 3],
  ['[,1]', 1],
  ['[1 2]', 3],
  ['{"a" 1}', 5],
  ['{"a":}', 5],
  ['{"a":1,}', 7],
  ['{a:1}', 1],
  ['{1:1}', 1],
  ['[}', 1],
  ['{]', 1],
  ['1,2', 1],
  ['1:2', 1],
  ['"a\nb"', 0],
  ['"a', 0],
  ['"\\x"', 0],
  ['[1]]', 3],
  ['{"a":[1,{"b":\n tru}]}', 15],
  ['\u00a01', 0],
])('%j', (text, at) => {
  expect(() => JSON.parse(text)).toThrow()
  expect(jsonErrorAt(text)).toBe(at)
})

test('what comes before the place can be completed, what JSON.parse takes has no place', () => {
  const seed = testSeed()
  console.log(`json-error: OBJECTQL_SEED=${seed}`)
  const generator = random(seed)
  const sample = JSON.stringify({ a: [1, -2.5e10, 'x\\"\u007f\u2028ü🔥', null, { b: { c: [] }, d: {} }], '': true })
  for (let done = 0; done < 5_000; done++) {
    const text = mangled(generator, sample)
    const at = jsonErrorAt(text)
    let isValid = true
    try {
      JSON.parse(text)
    } catch {
      isValid = false
    }
    if (isValid) expect(at, text).toBe(text.length)
    else if (at < text.length) expect(() => JSON.parse(text.slice(0, at + 1)), text).toThrow()
  }
})

test('deep nesting is walked, not recursed into', () => {
  expect(jsonErrorAt('['.repeat(1_000_000))).toBe(1_000_000)
  expect(jsonErrorAt(`["${'x'.repeat(20_000_000)}" x`)).toBe(20_000_004)
})
