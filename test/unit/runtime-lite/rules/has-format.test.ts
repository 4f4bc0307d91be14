import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import { expect, test } from 'vitest'
import { JSON_FORMATS } from '../../../../compiler/ir/json-schema.ts'
import { hasFormat } from '../../../../runtime-lite/rules/has-format.ts'

const ajv = new Ajv()
addFormats.default(ajv)

const TEXTS = [
  ...['', ' ', 'a', '/', '//', '/a~0b/~1', '/a~2', '~', 'a/b', '1', '-', '.', ':', '::', '%', '%41', '%4', '#', '?', '[', '('],
  ...['2024-02-29', '2023-02-29', '2024-13-01', '2024-1-1', '24-01-01', '2024-02-29 ', '2024-02-29T', '02-29-2024'],
  ...['12:30:00Z', '12:30:00.123+02:00', '24:00:00Z', '12:30Z', '12:30:00', '12:30:60Z', '12:30:00+25:00', '12:30:00.Z'],
  ...['2024-02-29T12:30:00Z', '2024-02-29t12:30:00z', '2024-02-29T12:30:00', '2024-02-30T12:30:00Z', '2024-02-29 12:30:00Z'],
  ...['P1D', 'P', 'PT', 'P1DT', 'PT1H', 'P1Y2M3DT4H5M6S', 'P1W', 'P1W2D', '1D', 'P-1D', 'PT1.5S', 'P1H', 'P1M', 'PT1M'],
  ...['1.2.3.4', '256.1.1.1', '1.2.3', '01.2.3.4', '1.2.3.4.5', '0.0.0.0', '255.255.255.255'],
  ...[
    '::1',
    '1::',
    '1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    ':1',
    '1:',
    '::ffff:1.2.3.4',
    '::1.2.3.4:5',
    'fe80::g',
    '12345::',
    '1:2:3:4:5:6:7::',
  ],
  ...['example.com', 'a-b.c', '-a.b', 'a-.b', 'a..b', '.a', `${'a'.repeat(63)}.b`, `${'a'.repeat(64)}.b`, 'a_b.c', 'ü.de'],
  ...[
    'https://example.com',
    'https://example.com/a b',
    'mailto:a@b.c',
    'urn:isbn:1',
    '/a?b=c#d',
    'http://[::1]/',
    'http://a/%zz',
    '1http://a',
    'http://ü.de',
  ],
  ...[
    '123e4567-e89b-12d3-a456-426614174000',
    '123E4567-E89B-12D3-A456-426614174000',
    '123e4567e89b12d3a456426614174000',
    'urn:uuid:123e4567-e89b-12d3-a456-426614174000',
  ],
  ...['^a+$', '(', '[a-', '\\p{L}', 'a{2}', '\\'],
]

/** An address of mail is what it is for fields of that type. */
const OURS: ReadonlySet<string> = new Set(['email'])

test.each(JSON_FORMATS.filter((format) => !OURS.has(format)))('%s is what others take for it', (format) => {
  const check = ajv.compile({ type: 'string', format })
  const found = TEXTS.filter((text) => hasFormat(text, format))
  expect(found).toEqual(TEXTS.filter((text) => check(text)))
  expect(found.length).toBeGreaterThan(0)
})
