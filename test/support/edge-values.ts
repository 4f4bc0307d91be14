import type { FieldIr } from '../../compiler/ir/object.ts'

/** Text that databases are known to change: spaces, case, what looks like something else, characters of four bytes and in several parts. */
const TEXTS: readonly string[] = [
  'plain',
  'PLAIN',
  'plain ',
  ' plain',
  '',
  ' ',
  'null',
  "O'Neil \\' \\\\ \" ` %_ $1 ? --",
  'line\nbreak\r\n\ttab\u0001\u001f\u007f',
  'é',
  'e\u0301',
  'ß ẞ ſ İ ı',
  '👩‍👩‍👧 𝒳 漢字 \u{10ffff}',
  '\ufeff\u2028\u200b',
]

const JSON_VALUES: readonly unknown[] = [
  {},
  { nested: [1, 'two', { three: null }, [], {}], 'ключ "x" \\': '👩‍👩‍👧\n', '': 0, b: 1, a: 2 },
  { big: 9007199254740991, small: -9007199254740991, tiny: 1e-300, huge: 1.7976931348623157e308, third: 0.1, negative: -1.5, yes: true },
]

/** Values at the limits of what a field takes, and some beyond: whatever the answer is, all databases give the same. */
export function edgeValues(field: FieldIr): readonly unknown[] {
  const items = singleValues(field)
  return field.isList ? [[], items.slice(0, 1), items.slice(0, 3), [...items.slice(0, 2)].reverse()] : items
}

function singleValues({ value }: FieldIr): readonly unknown[] {
  switch (value.kind) {
    case 'string': {
      if (value.format === 'email') return ['a@example.com', 'A@example.com', 'ö@bücher.example', `${'x'.repeat(60)}@example.com`]
      if (value.format === 'url') return ['https://example.com/', 'https://example.com/%20?q=1#f', 'ftp://x']
      if (value.format === 'phone') return ['+49 30 1234567', '+1 (555) 123-4567']
      // MySQL keeps so many characters of a text that may be in an index.
      const longest = value.maxLength ?? 255
      const tooLong = value.maxLength === undefined ? [] : ['x'.repeat(longest + 1)]
      return [...TEXTS, 'x'.repeat(longest), '🔥'.repeat(longest), ...tooLong]
    }
    case 'number': {
      const { min = -(2 ** 53) + 1, max = 2 ** 53 - 1, isInteger } = value
      const whole = [0, 1, -1, min, max, 2 ** 31, -(2 ** 31) - 1, 4_294_967_296]
      const limit = 10 ** 12
      if (isInteger) return [...whole, 1.5]
      return [0, -0, 0.1, 0.005, 1.005, 2.675, 19.99, -0.01, 123456789.12, 1e-7, Math.max(min, -limit), Math.min(max, limit), 1 / 3]
    }
    case 'boolean':
      return [true, false]
    case 'date':
      return ['0001-01-01', '9999-12-31', '2024-02-29', '1900-02-28', '2023-02-29']
    case 'datetime':
      return [
        '0001-01-01T00:00:00.000Z',
        '9999-12-31T23:59:59.999Z',
        '2024-02-29T12:00:00.001Z',
        '1969-12-31T23:59:59.999Z',
        '2024-06-01T02:00:00+05:30',
        '2024-03-31T02:30:00.123456Z',
      ]
    case 'time':
      return ['00:00:00', '23:59:59', '08:30', '12:00:00.5', '24:00']
    case 'option':
      return value.options.length > 0 ? [...value.options.map((option) => option.value), 'no option'] : TEXTS
    case 'attachment':
      return [{ name: 'Ünï 👩‍👧.pdf', url: 'https://files.example.com/1', size: 2 ** 40, type: 'application/pdf' }]
    case 'location':
      return [
        { latitude: 90, longitude: -180 },
        { latitude: 0.1, longitude: 1 / 3 },
      ]
    case 'address':
      return [{ street: 'Straße 1', city: 'Köln', country: 'DE' }, {}]
    case 'json':
      return [...JSON_VALUES, [], ['x'], 'text', '', 0, 0.1, true, false]
    case 'record':
      return JSON_VALUES
    case 'records':
      return [[], JSON_VALUES]
    case 'vector': {
      const size = value.dimensions ?? 3
      return [Array.from({ length: size }, () => 0), Array.from({ length: size }, (_, index) => 1 / (index + 3))]
    }
    case 'id':
      return []
    default:
      return value satisfies never
  }
}
