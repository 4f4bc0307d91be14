import { expectSame } from './conformance.ts'
import { expectMembers, type ProtocolCheck } from './protocol-scene.ts'

/** Values by field that protocols are known to lose something of. They come back as they were sent, or as what stands behind the arrow. */
const VALUES: readonly {
  readonly name: string
  readonly field: string
  readonly values: readonly unknown[]
  /** Sent, and how it comes back. */
  readonly changed?: readonly (readonly [sent: unknown, back: unknown])[]
}[] = [
  {
    ...{ name: 'text in all scripts, quotes, line ends and nothing', field: 'notes' },
    values: [
      ...[
        'plain',
        '',
        ' spaced ',
        'é e\u0301 ß 漢字 🌊 𝒳 \u2028',
        `O'Neil \\ " \` % _ $1 ? -- <b>&amp;</b> {{x}}`,
        'a\r\nb\tc\u0001',
        'null',
      ],
      ...['true', '12', '0012', '1e3', '2024-02-29', '[]', '{"a":1}', 'x'.repeat(50_000), '漢'.repeat(10_000)],
    ],
  },
  {
    ...{ name: 'whole numbers up to 2⁵³ - 1', field: 'level' },
    values: [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  },
  { name: 'doubles', field: 'ratio', values: [0, 0.1, -1.5, 1 / 3, 1e-7, 1e21, 123_456_789.123, Number.MAX_SAFE_INTEGER] },
  { name: 'decimals', field: 'price', values: [0, 19.99, -0.01, 0.1, 123_456_789.12, 9_999_999_999.99] },
  { name: 'yes and no', field: 'active', values: [true, false] },
  { name: 'dates', field: 'day', values: ['2024-02-29', '1969-12-31', '0999-01-01', '9999-12-31'] },
  {
    ...{ name: 'instants', field: 'moment', values: ['2024-02-29T12:00:00.001Z', '1969-12-31T23:59:59.999Z', '2024-03-31T02:30:00.000Z'] },
    changed: [
      ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
      ['2024-02-29T01:00:00+02:00', '2024-02-28T23:00:00.000Z'],
      ['2024-02-29T12:00:00', '2024-02-29T12:00:00.000Z'],
    ],
  },
  { name: 'times of day', field: 'clock', values: ['08:00', '00:00', '23:59:59', '08:00:30.5'] },
  { name: 'options', field: 'kind', values: ['red', 'green', 'blue'] },
  { name: 'lists of options', field: 'colours', values: [['red'], ['blue', 'red'], []] },
  { name: 'lists of text', field: 'tags', values: [['a'], ['b', 'a', 'c'], [], ['with, comma', `with "quotes" 'of both'`, '漢🌊', '1']] },
  {
    name: 'places',
    field: 'place',
    values: [
      { latitude: 53.55, longitude: -9.99 },
      { latitude: -90, longitude: 180 },
    ],
  },
  {
    ...{ name: 'JSON', field: 'extra' },
    values: [
      { a: [1, 'two', { three: null }], 'ключ "x"': '🌊\n', '': 0, 'a.b/c~d': true, $eq: 1 },
      ...[[], {}, [[]], [null], [0.1, true, 'text'], 'text', '', 0, 12.5, true, false, { deep: [[[[[[[[{ x: [1] }]]]]]]]] }],
    ],
  },
]

/** Values of each type of field on the wire. */
export const protocolValueChecks: readonly ProtocolCheck[] = [
  ...VALUES.map(
    ({ name, field, values, changed = [] }): ProtocolCheck => [
      `values: ${name}`,
      async ({ create, get, update, list }) => {
        const target = await create({})
        for (const [sent, back] of [...values.map((value) => [value, value] as const), ...changed]) {
          const made = await create({ [field]: sent })
          expectSame(`${field} that creating returns`, made[field], back)
          expectSame(`${field} that is read`, (await get(made.id))[field], back)
          expectSame(`${field} that a change returns`, (await update(target.id, { [field]: sent }))[field], back)
          expectSame(`${field} that is read after a change`, (await get(target.id))[field], back)
          const [listed] = await list({ where: { id: made.id } })
          expectSame(`${field} in a list`, listed?.[field], back)
        }
      },
    ],
  ),
  [
    'values: passwords are taken and never given back',
    async ({ create, get, update, list }) => {
      const made = await create({ secret: 'hunter2' })
      const seen = [made, await get(made.id), await update(made.id, { secret: 'hunter3' }), ...(await list({}))]
      expectSame('answers with a password', seen.filter((record) => JSON.stringify(record).includes('hunter')).length, 0)
    },
  ],
  [
    'values: references are ids of records',
    async ({ create, get, update }) => {
      const [one, two] = [await create({ title: 'one' }), await create({ title: 'two' })]
      const child = await create({ parent: one.id })
      expectMembers('a reference', await get(child.id), { parent: one.id })
      expectMembers('a reference that was changed', await update(child.id, { parent: two.id }), { parent: two.id })
    },
  ],
]
