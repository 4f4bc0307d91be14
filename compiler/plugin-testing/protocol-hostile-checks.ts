import { expectSame } from './conformance.ts'
import { ITEM } from './protocol-object.ts'
import { expectMembers, invalidAt, NOT_FOUND, type ProtocolCheck } from './protocol-scene.ts'

/** Values that no field of the type takes, and none may take for something else. */
const WRONG_TYPES: Readonly<Record<string, readonly unknown[]>> = {
  title: [1, true, [], {}, ['x']],
  level: ['1', '', true, [], {}, [1]],
  ratio: ['0.1', 'NaN', 'Infinity', false, {}],
  price: ['19.99', [], {}],
  active: [0, 1, 'true', '', [], {}],
  day: [20240229, true, {}],
  moment: [true, {}, []],
  clock: [800, true, {}],
  kind: [1, {}, []],
  colours: [1, {}],
  tags: [1, {}],
  parent: [1, true, {}],
}

const NAMES = ['__proto__', 'constructor', 'toString', 'no_such_field', 'ID', 'title ', 'a/b~c', '']

/** What a server may say to input that is refused before a value of it is looked at. */
const REFUSALS = ['VALIDATION_ERROR', 'INVALID_JSON', 'INVALID_REQUEST', 'PAYLOAD_TOO_LARGE']

const pointerOf = (name: string): string => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`

const nested = (levels: number): unknown => {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { a: value }
  return value
}

/** Input that nobody sends who means well. */
export const protocolHostileChecks: readonly ProtocolCheck[] = [
  [
    'hostile: values of another type are refused, never read as something else',
    async ({ create, get, update, adapter, count }) => {
      const { id } = await create({ title: 'kept' })
      for (const [field, values] of Object.entries(WRONG_TYPES))
        for (const value of values)
          for (const [what, work] of [
            ['a new record', () => create({ [field]: value })],
            ['a change', () => update(id, { [field]: value })],
          ] as const) {
            const found = await work().then(
              () => undefined,
              (error: unknown) => adapter.problemOf(error),
            )
            const where = found?.issues.map(({ pointer }) => pointer)
            const expected = { code: 'VALIDATION_ERROR', where: [`/${field}`] }
            expectSame(`${what} with ${field} ${JSON.stringify(value)}`, { code: found?.code, where }, expected)
          }
      expectMembers('the record', await get(id), { title: 'kept', level: null, active: null, tags: null })
      expectSame('records', await count(), 1)
    },
  ],
  [
    'hostile: unknown fields are refused',
    async ({ create, update, refused, refusedAs, count }) => {
      const { id } = await create({})
      for (const name of NAMES) {
        const more = Object.fromEntries([[name, 1]])
        // Readers of JSON may refuse it earlier.
        if (name === '__proto__') await refusedAs('a change of __proto__', () => update(id, more), REFUSALS)
        else await refused(`a change of ${name}`, () => update(id, more), invalidAt([pointerOf(name), 'unknown_field']))
        await refusedAs(`a new record with ${name}`, () => create(more), REFUSALS)
      }
      expectSame('a member of all objects', Reflect.get({}, 'no_such_field'), undefined)
      expectSame('records', await count(), 1)
    },
  ],
  [
    'hostile: huge values are refused, and the server goes on',
    async ({ create, get, update, refused, refusedAs, list }) => {
      const { id } = await create({ title: 'kept' })
      await refused('10,000 characters where 100 fit', () => update(id, { title: 'x'.repeat(10_000) }), invalidAt(['/title', 'max_length']))
      await refusedAs('four million characters', () => update(id, { title: 'x'.repeat(4_000_000) }), REFUSALS)
      await refusedAs('a number beyond 2⁵³', () => update(id, { level: 2 ** 60 }), REFUSALS)
      await refusedAs(
        '20,000 unknown fields',
        () => update(id, Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`f${at}`, 1]))),
        REFUSALS,
      )
      expectMembers('the record', await get(id), { title: 'kept', level: null })
      expectSame('records', (await list({})).length, 1)
    },
  ],
  [
    'hostile: deep JSON is refused, or stored as it is',
    async ({ adapter, create, get, update }) => {
      const { id } = await create({ title: 'kept' })
      for (const levels of [20, 100, 1000, 4000]) {
        const value = nested(levels)
        const outcome = await update(id, { extra: value }).then(
          () => 'stored',
          (error: unknown) => adapter.problemOf(error)?.code,
        )
        if (outcome === 'stored') expectSame(`${levels} levels`, JSON.stringify((await get(id))['extra']), JSON.stringify(value))
        else if (!REFUSALS.includes(String(outcome)) || levels <= 20) expectSame(`${levels} levels`, outcome, 'stored')
        expectMembers('the record', await get(id), { title: 'kept' })
      }
    },
  ],
  [
    'hostile: ids and text are never read as a path, a pattern or SQL',
    async ({ adapter, create, get, count, refused }) => {
      const { id } = await create({ title: 'kept' })
      for (const other of [
        '%',
        '_',
        '*',
        '../..',
        `' or '1'='1`,
        '";--',
        '%00',
        '${id}',
        '\\',
        `${id}/`,
        `${id} `,
        `${id}\n`,
        'x'.repeat(2000),
      ]) {
        await refused(`reading ${JSON.stringify(other.slice(0, 50))}`, () => adapter.get(ITEM, other), NOT_FOUND)
        await refused(`deleting ${JSON.stringify(other.slice(0, 50))}`, () => adapter.delete(ITEM, other), NOT_FOUND)
      }
      const text = `'); drop table ${ITEM}; --`
      const made = await create({ title: text })
      expectMembers('text like SQL', await get(made.id), { title: text })
      expectSame('records with that text', await count({ title: text }), 1)
      expectSame('records', await count(), 2)
    },
  ],
]
