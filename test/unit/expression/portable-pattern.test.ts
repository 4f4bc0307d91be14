import { expect, test } from 'vitest'
import { portablePattern } from '../../../compiler/expression/portable-pattern.ts'
import { random, testSeed } from '../../support/random.ts'
import { randomPattern } from '../../support/random-pattern.ts'

test.each([
  ['^[A-Z]{2}$', '^[A-Z]{2}(?!a|[^a])'],
  ['\\d+', '[0-9]+'],
  ['(a|b)*?', '(?:a|b)*'],
  ['a.b', 'a[^\n\r\u2028-\u2029]b'.replace('\u2028-\u2029', '\u2028\u2029')],
  ['\\u{1f525}|\\ud83d\\udd25', '🔥|🔥'],
  ['[\\]a-]', '[\\-\\]a]'],
  ['(?<year>\\d{4})', '(?:[0-9]{4})'],
])('%s', (pattern, portable) => {
  expect(portablePattern(pattern)).toBe(portable)
})

test.each(['\\bword\\b', '(?=a)', '(?<!a)b', '(a)\\1', '\\p{L}', 'a{300}', '(?:a{100}){100}', '[]', '\\0', '\\ud83d', '(?:^)*', '\\cA'])(
  '%s is left to JavaScript',
  (pattern) => {
    expect(() => new RegExp(pattern, 'u')).not.toThrow()
    expect(portablePattern(pattern)).toBeUndefined()
  },
)

test('what is made of a pattern says the same in JavaScript', () => {
  const seed = testSeed()
  const generator = random(seed)
  const characters = ['a', 'b', 'A', 'c', ' ', '名', '🔥', 'i', 't', '.', '\n', '\r', '-', '9', '_', '\u2028', '\u00a0', '&', ']', '\\']
  for (let index = 0; index < 5_000; index++) {
    const pattern = randomPattern(generator)
    const portable = portablePattern(pattern)
    expect(portable, pattern).toBeDefined()
    for (let more = 0; more < 10; more++) {
      const text = Array.from({ length: generator.below(8) }, () => generator.pick(characters)).join('')
      const [one, two] = [new RegExp(pattern, 'u').test(text), new RegExp(portable as string, 'u').test(text)]
      if (one !== two) throw new Error(`${pattern} and ${portable} differ for ${JSON.stringify(text)}, seed ${seed}`)
    }
  }
})
