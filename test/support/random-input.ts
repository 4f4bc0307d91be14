import type { FieldIr, ObjectIr } from '../../compiler/ir/object.ts'
import type { Random } from './random.ts'
import { writable } from './random-object.ts'

const LONG = 'x'.repeat(10_001)
const noop = (): void => {}

const cyclic = (): unknown => {
  const value: Record<string, unknown> = { a: 1 }
  value['self'] = [value]
  return value
}

const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** Values that no schema expects, or that only look right. */
const HOSTILE: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => '',
  () => ' ',
  () => 0,
  () => -0,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 1e308,
  () => 2 ** 53,
  () => -(2 ** 53) + 1,
  () => 1.005,
  () => 0.07,
  () => 1e-7,
  () => 0.1 + 0.2,
  () => true,
  () => [],
  () => [null],
  () => [undefined],
  () => ['', ''],
  () => new Array(3),
  () => ({}),
  () => Object.create(null),
  () => Object.create({ name: 'inherited' }),
  () => new Map(),
  () => noop,
  () => Symbol.iterator,
  () => 10n,
  () => new Date(0),
  () => new Date(Number.NaN),
  () => JSON.parse('{"__proto__":{"admin":true}}'),
  () => JSON.parse('[{"a":{"__proto__":1}}]'),
  () => ({ constructor: { prototype: { x: 1 } } }),
  cyclic,
  () => nested(64),
  () => nested(65),
  () => ({ a: nested(64) }),
  () => LONG,
  () => '\u0000',
  () => '\ud800',
  () => '🔥🔥🔥',
  () => '<script>',
  () => ({ a: { b: undefined } }),
  () => [[1, [noop]]],
  () => ({ 'a/b': { '~': Number.NaN } }),
  () => 'x'.repeat(256),
  () => [LONG, LONG],
]

const TEXTS = [
  'a',
  'ab',
  'abc',
  'abcd',
  '🔥🔥',
  '🔥🔥🔥🔥',
  'é',
  'ABC-12',
  'ABC-12345',
  '42',
  "it's",
  '/x/',
  'Ab',
  'a-b_c',
  '-',
  '\n',
  'x'.repeat(81),
  LONG,
]
const EMAILS = [
  'a@b.co',
  'first.last+tag@sub.example.com',
  'a..b@c.de',
  '.a@b.co',
  'a.@b.co',
  'a@b',
  'a@b..c',
  'a@-b.co',
  'a@b-.co',
  'a b@c.de',
  'ä@ö.de',
  'a@b.c\u00a0d',
  '@',
  'a@',
  `${'a'.repeat(64)}@b.co`,
  `${'a'.repeat(65)}@b.co`,
  `a@${'b'.repeat(63)}.co`,
  `a@${'b'.repeat(64)}.co`,
  `a@${'b.'.repeat(126)}co`,
  'a@b@c.de',
  'a"b@c.de',
  'a@1.2',
  'a@b.🔥',
  'a\u200bb@c.de',
]
const URLS = [
  'https://example.com',
  'http://a.b/c?d=e#f',
  'HTTPS://EXAMPLE.COM',
  'https:example.com',
  'https://',
  'ftp://x.y',
  'mailto:a@b.co',
  'javascript:alert(1)',
  'JavaScript:alert(1)',
  'data:text/html,x',
  'example.com',
  '//x.y',
  'https://a b',
  ' https://a.b',
  'https://a.b\t',
  'https://[::1]/',
  'https://1.2.3.999/',
  'x:y',
  ':x',
  'https://ex\u00a0ample.com',
  'http://münchen.de',
]
const PHONES = [
  '+1 555 010 0199',
  '13800138000',
  '(020) 7946-0958',
  '12',
  '123',
  '1'.repeat(20),
  '1'.repeat(21),
  '+1+2345',
  '1+234',
  '+1 555 ext. 12',
  '555 x1',
  '555x',
  '555 #12345678',
  '555 ,123456789',
  'ext 12',
  '555 EXT12',
  '555 ext  9',
  '1 2 3',
  `${' '.repeat(38)}123`,
  '123a',
  '010-8888/99.1',
  '123-',
]
const DATES = [
  '2024-02-29',
  '2023-02-29',
  '1900-02-29',
  '2000-02-29',
  '2024-13-01',
  '2024-00-10',
  '2024-1-1',
  '0000-01-01',
  '0001-01-01',
  '9999-12-31',
  '2024-04-31',
  '2024-01-01T00:00:00Z',
  '20240101',
  '2024-01-01 ',
  '+2024-01-01',
  '2024/01/01',
]
const TIMES = [
  '09:30',
  '23:59:59',
  '24:00',
  '09:60',
  '09:30:60',
  '9:30',
  '09:30:15.1',
  '09:30:15.123',
  '09:30:15.1234',
  '09:30:15.',
  '09:30Z',
  '09-30',
  '09:3a',
  '00:00:00.000',
]
const ZONES = [
  '',
  'Z',
  'z',
  '+00:00',
  '-00:00',
  '+01:00',
  '-12:30',
  '+0530',
  '+05',
  '+24:00',
  '+01:60',
  '+1:00',
  ' Z',
  'ZZ',
  'UTC',
  '+01:0',
  '+01000',
]
const CLOCKS = [
  'T09:30',
  'T09:30:15',
  ' 09:30:15.5',
  't23:59:59.999999999',
  'T23:59:59.9999999999',
  'T24:00:00',
  'T09',
  'T9:30',
  'T09:30:15,25',
  'T09:30:15.',
  'T00:00:00.000',
  'X09:30',
]

/** A value that is often right for the field, sometimes just outside, sometimes anything at all. Called twice with equal generators it gives equal values. */
export function randomFieldValue(random: Random, field: FieldIr): unknown {
  if (random.chance(0.12)) return random.pick(HOSTILE)()
  if (!field.isList || random.chance(0.1)) return randomSingle(random, field)
  return Array.from({ length: random.pick([0, 1, 2, 3, 20]) }, () =>
    random.chance(0.04) ? random.pick(HOSTILE)() : randomSingle(random, field),
  )
}

function randomSingle(random: Random, { value: kind }: FieldIr): unknown {
  switch (kind.kind) {
    case 'string':
      return random.pick(kind.format === 'email' ? EMAILS : kind.format === 'url' ? URLS : kind.format === 'phone' ? PHONES : TEXTS)
    case 'number':
      return random.pick([
        0,
        1,
        -1,
        5,
        100,
        101,
        1.5,
        0.07,
        1.005,
        12.34,
        1234.5678,
        99.999,
        1e15,
        1e16,
        2 ** 53 - 1,
        2 ** 53 + 2,
        -2.5,
        1e21,
        1e-9,
        1.1e-8,
        random.below(1e6) / 100,
        // One step beside a number with two decimals.
        (random.below(1e6) / 100) * (1 + Number.EPSILON),
        random.below(1e9) / 1000,
        '5',
      ])
    case 'boolean':
      return random.pick([true, false, 1, 'true'])
    case 'date':
      return random.pick([...DATES, new Date(1e12), new Date(-1e15)])
    case 'time':
      return random.pick(TIMES)
    case 'datetime':
      return random.chance(0.1)
        ? new Date(random.below(2e9) * 1000)
        : random.pick(DATES) + (random.chance(0.9) ? random.pick(CLOCKS) + random.pick(ZONES) : '')
    case 'option': {
      const option = kind.options.length > 0 ? random.pick(kind.options).value : 'free'
      return random.chance(0.6) || typeof option === 'number'
        ? option
        : random.pick([option.toLowerCase(), option.toUpperCase(), `${option}x`, 5])
    }
    case 'id':
      return random.pick(['a1', 'b2', 'c3', '0192-x', 'x'.repeat(255), 'x'.repeat(256), '', 7, { id: 'a1' }])
    case 'attachment':
      return randomAttachment(random)
    case 'location':
      return randomLocation(random)
    case 'address':
      return random.pick([
        {},
        { street: '1 Main Street', postalCode: '12345' },
        { city: 5 },
        { town: 'x', zip: null },
        { postal_code: '1', 'a/b': '' },
        'Main Street',
        [],
        { country: null },
      ])
    case 'json':
      return random.pick([1, 'x', false, [1, [2, { a: null }]], { a: { b: [] } }, nested(3)])
    case 'record':
      return random.pick([{}, { a: 1, b: [null] }, { x: { y: noop } }, [], 'x'])
    case 'records':
      return random.pick([[], [{}], [{ a: 1 }, { b: [] }], [[]], [1], [{ a: undefined }], {}, 'x'])
    case 'vector':
      return random.pick([[], [1], [1, 2], [1, 2, 3], [1, Number.NaN], ['1'], [null, 1], 5, new Float32Array(2)])
  }
}

function randomAttachment(random: Random): unknown {
  if (random.chance(0.2)) return random.pick(['file-1', '', 5, '/files/1', 'https://a.b/c', 'https:x', 'a b', 'data:,x'])
  const file: Record<string, unknown> = {}
  if (random.chance(0.8)) file['url'] = random.pick(['/files/1', '', 5, null])
  if (random.chance(0.3)) file['id'] = random.pick(['f1', '', 7])
  if (random.chance(0.6)) file['size'] = random.pick([0, 1024, 1025, -1, '9', 1.5, Number.NaN, null])
  if (random.chance(0.4)) file['name'] = random.pick(['a.png', 5])
  if (random.chance(0.3)) file['type'] = random.pick(['image/png', null])
  if (random.chance(0.2)) file['variants'] = random.pick([{ small: '/s' }, { bad: noop }])
  return file
}

function randomLocation(random: Random): unknown {
  const [latitude, longitude] = random.chance(0.6) ? ['latitude', 'longitude'] : ['lat', 'lng']
  const place: Record<string, unknown> = {}
  if (random.chance(0.9)) place[latitude as string] = random.pick([0, 52.5, 90, 90.1, -91, '5', Number.NaN, null])
  if (random.chance(0.9)) place[longitude as string] = random.pick([0, 13.4, 180, -180.5, 181])
  if (random.chance(0.3)) place['altitude'] = random.pick([0, -400, 8848, Number.POSITIVE_INFINITY, 'x'])
  if (random.chance(0.3)) place['accuracy'] = random.pick([0, 5, -1])
  if (random.chance(0.1)) place[random.pick(['lat', 'latitude', 'foo', 'a/b'])] = 1
  return place
}

const EXTRA_KEYS = [
  'nmae',
  'Status',
  'created_at',
  'updated_at',
  '_version',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'a~/b',
  '',
  'x'.repeat(100),
]

export function randomInput(random: Random, object: ObjectIr): unknown {
  if (random.chance(0.02)) return random.pick(HOSTILE)()
  const input = (random.chance(0.1) ? Object.create(null) : {}) as Record<string, unknown>
  const set = (key: string, value: unknown): void => {
    Object.defineProperty(input, key, { value, enumerable: true, writable: true, configurable: true })
  }
  for (const field of writable(object)) if (random.chance(0.8)) set(field.name, randomFieldValue(random, field))
  if (random.chance(0.15))
    set(
      'id',
      random.pick([
        'rec-1',
        '',
        'x'.repeat(255),
        'x'.repeat(256),
        'a\u0007',
        5,
        null,
        undefined,
        '\u0085'.repeat(300),
        'a\u007f',
        'a\u009f',
        'a\u00a0',
      ]),
    )
  if (random.chance(0.1) && !Object.hasOwn(input, '_id')) set('_id', random.pick(['rec-2', '', 9, 'x\n']))
  if (random.chance(0.15)) {
    const key = random.pick(EXTRA_KEYS)
    if (!Object.hasOwn(input, key)) set(key, random.pick([1, null, undefined, 'x']))
  }
  return input
}
