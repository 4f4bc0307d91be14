import { expect, test } from 'vitest'
import { samplePattern } from '../../../../compiler/6-emit/openapi/sample-pattern.ts'

test.each([
  ['^[A-Z]{3}-\\d{2,4}$', 'u'],
  ['^\\d+$', 'u'],
  ['^(?:\\+?1[-. ]?)?\\(?\\d{3}\\)?[-. ]?\\d{3}[-. ]?\\d{4}$', ''],
  ['^[a-z0-9]+(?:-[a-z0-9]+)*$', 'u'],
  ['^#(?:[0-9a-fA-F]{3}){1,2}$', 'u'],
  ['^(red|green|blue)$', 'u'],
  ['^(?=.*[A-Z])(?=.*[a-z])(?=.*\\d).{8,}$', 'u'],
  ['^\\p{Lu}\\p{Ll}+$', 'u'],
  ['^[^\\s@]+@[^\\s@]+\\.[^\\s@]+$', 'u'],
  ['^[\\u4e00-\\u9fa5]{2,4}$', 'u'],
  ['^[1-9]\\d{5}(18|19|20)\\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\\d|3[01])\\d{3}[\\dXx]$', ''],
  ['^\\/[a-z]+\\/$', 'u'],
  ['^a{0}b?$', 'u'],
  ['x', ''],
  ['', 'u'],
  ['^(?<year>\\d{4})\\.(?<n>\\d+)$', 'u'],
  ['^[\\]\\-]+$', ''],
  ['^\\x41\\u0042\\t$', 'u'],
  ['🔥', 'u'],
])('%s has a sample', (source, flags) => {
  const pattern = new RegExp(source, flags)
  const sample = samplePattern(pattern, () => true)
  expect(sample).toBeDefined()
  expect(pattern.test(sample ?? '')).toBe(true)
})

test('lengths are met where the pattern leaves room', () => {
  expect(samplePattern(/^[a-z]+$/, (text) => text.length >= 5)).toMatch(/^[a-z]{5,}$/)
  expect(samplePattern(/^\d*$/, (text) => text.length === 0)).toBe('')
})

test('what no reader can satisfy has none, quickly', () => {
  const started = performance.now()
  expect(samplePattern(/^(?!)$/, () => true)).toBeUndefined()
  expect(samplePattern(/^(\w)\1\1(?<!aaa)$/, () => true)).toBeUndefined()
  expect(samplePattern(/^(?:a{99999}){99999}$/, () => true)).toBeUndefined()
  expect(samplePattern(/a(?=b)c/, () => true)).toBeUndefined()
  expect(performance.now() - started).toBeLessThan(2000)
})
