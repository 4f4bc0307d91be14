import { expect, test } from 'vitest'
import { readDuration } from '../../../compiler/workflows/duration.ts'

const HOUR = 3_600_000

test.each([
  ['48h', 48 * HOUR],
  ['1h 30m', 1.5 * HOUR],
  ['2 days', 48 * HOUR],
  ['1.5d', 36 * HOUR],
  ['P2D', 48 * HOUR],
  ['PT90M', 1.5 * HOUR],
  ['P1W', 168 * HOUR],
  ['P1DT12H', 36 * HOUR],
  ['500ms', 500],
  ['1500', 1500],
  [1500, 1500],
  [0, 0],
])('%s', (text, expected) => expect(readDuration(text)).toBe(expected))

test.each([
  '',
  'soon',
  '5 parsecs',
  '-5h',
  'P',
  'P1M',
  'P1Y',
  '5h later',
  '99999999d',
  -1,
  Number.POSITIVE_INFINITY,
  null,
  true,
  [],
  'constructor',
  '1 constructor',
])('%s is none', (text) => expect(readDuration(text as never)).toBeUndefined())
