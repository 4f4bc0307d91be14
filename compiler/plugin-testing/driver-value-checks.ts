import type { Statement } from '../../runtime-lite/database/session.ts'
import type { SqlValue } from '../../runtime-lite/object/sql-value.ts'
import { expectSame } from './conformance.ts'
import type { DriverScene } from './driver-scene.ts'

type Kind = Statement['kinds'][number]

/** Values that drivers are known to lose something of, and how they are compared once they are back. */
const VALUES: readonly {
  readonly name: string
  readonly column: string
  readonly kind: Kind
  readonly values: readonly SqlValue[]
  readonly plain: (value: unknown) => unknown
}[] = [
  {
    ...{ name: 'text in all scripts, quotes, line ends and nothing', column: 'text', kind: 'text', plain: (value) => value },
    values: ['plain', '', ' spaced ', 'é e\u0301 ß 漢字 🌊 𝒳', `O'Neil \\ " \` % _ $1 ? --`, 'a\r\nb\tc', 'null', 'ABC', 'abc'],
  },
  {
    ...{ name: 'whole numbers up to 2⁵³ - 1', column: 'whole', kind: 'integer', plain: String },
    values: [0, 1, -1, 2 ** 31, -(2 ** 31) - 1, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER],
  },
  { name: 'doubles', column: 'real', kind: 'real', plain: Number, values: [0, 0.1, -1.5, 1 / 3, 1e-7, 1e15, 123_456_789.123] },
  { name: 'decimals', column: 'exact', kind: 'real', plain: Number, values: [0, 19.99, -0.01, 1.005, 123_456_789.12] },
  {
    name: 'yes and no',
    column: 'yes',
    kind: 'boolean',
    plain: (value) => Number([1, '1', true, 't', 'true', 1n].includes(value as string)),
    values: [1, 0],
  },
  {
    ...{ name: 'JSON', column: 'json', kind: 'json', plain: (value) => sorted(JSON.parse(String(value))) },
    values: ['{"a":[1,"two",{"three":null}],"ключ \\"x\\"":"🌊\\n"}', '[]', '[0.1,true,"text"]'],
  },
  { name: 'bytes', column: 'bytes', kind: 'bytes', plain: hex, values: [new Uint8Array([0, 1, 127, 128, 255]), new Uint8Array(0)] },
  {
    name: 'dates',
    column: 'day',
    kind: 'date',
    plain: (value) => String(value).slice(0, 10),
    values: ['2024-02-29', '1969-12-31', '9999-12-31'],
  },
  {
    ...{ name: 'instants with milliseconds', column: 'moment', kind: 'datetime', plain: instant },
    values: ['2024-02-29T12:00:00.001Z', '1969-12-31T23:59:59.999Z', '2024-03-31T02:30:00.000Z'],
  },
]

export const driverValueChecks: readonly (readonly [name: string, check: (scene: DriverScene) => Promise<void>])[] = VALUES.map(
  ({ name, column, kind, values, plain }) => [
    `values: ${name}, and null`,
    async ({ values: table, read, write }) => {
      for (const [index, value] of [...values, null].entries()) {
        const id = `v${index}`
        await write(`insert into ${table} (v_${column}, id) values (?, ?)`, [value, id], [kind, 'text'])
        const { rows } = await read(`select id, v_${column} as found from ${table} where id = ?`, [id])
        expectSame('number of rows', rows.length, 1)
        const [row] = rows
        expectSame('first column', row?.[0], id)
        const found = row?.[1]
        expectSame(`${kind} ${String(value)}`, found === null ? null : plain(found), value === null ? null : plain(value))
      }
    },
  ],
)

/** Not all databases keep the order of keys. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.fromEntries(
    Object.entries(value)
      .sort(([first], [second]) => (first < second ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

function hex(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : String(value).replace(/^\\x/, '')
}

/** Without a zone it is UTC, as `2024-02-29 12:00:00.001`. */
function instant(value: unknown): string {
  const text = String(value).replace(' ', 'T')
  const zoned = /(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(text) ? text.replace(/([+-]\d\d)$/, '$1:00') : `${text}Z`
  return new Date(zoned).toISOString()
}
