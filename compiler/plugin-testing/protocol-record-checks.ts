import { expectSame } from './conformance.ts'
import { ITEM } from './protocol-object.ts'
import { expectMembers, invalidAt, NOT_FOUND, type ProtocolCheck } from './protocol-scene.ts'

const OPTIONAL = ['level', 'ratio', 'price', 'active', 'day', 'moment', 'clock', 'kind', 'tags', 'extra', 'notes', 'parent'] as const

const VALUES: Readonly<Record<string, unknown>> = {
  ...{ level: 0, ratio: 0, price: 0, active: false, day: '2024-02-29', moment: '2024-02-29T12:00:00.001Z', clock: '08:00', kind: 'red' },
  ...{ tags: [], extra: {}, notes: '' },
}

/** One record after the other, and the three states of a value: not said, null, a value. */
export const protocolRecordChecks: readonly ProtocolCheck[] = [
  [
    'records: what is created can be read, changed and deleted',
    async ({ adapter, batch, create, get, update, count, refused }) => {
      const { id } = await create({ title: 'first', level: 1 })
      const other = await create({ title: 'other' })
      expectSame('different ids', id === other.id, false)
      expectMembers('a record that is read', await get(id), { id, title: 'first', level: 1, batch })
      expectMembers('a record that was changed', await update(id, { title: 'second' }), { id, title: 'second', level: 1 })
      expectMembers('a record that is read after it was changed', await get(id), { id, title: 'second', level: 1 })
      expectMembers('a record that was left alone', await get(other.id), { title: 'other' })
      await adapter.delete(ITEM, id)
      await refused('reading what was deleted', () => get(id), NOT_FOUND)
      expectSame('records that are left', await count(), 1)
    },
  ],
  [
    'records: the client may choose the id, and ids are only text',
    async ({ adapter, batch, create, get, update, refused }) => {
      for (const tail of ['plain', 'a b', 'a%2Fb', 'ü漢🌊', `a'b"c`, 'a?b=c&d#e', '1.5e3']) {
        const id = `${batch} ${tail}`
        expectMembers(`the new record ${id}`, await create({ id, title: tail }), { id })
        expectMembers(`the record ${id}`, await get(id), { id, title: tail })
        await update(id, { level: 7 })
        expectMembers(`the record ${id}`, await get(id), { level: 7 })
        await adapter.delete(ITEM, id)
        await refused(`reading ${id} after it was deleted`, () => get(id), NOT_FOUND)
      }
    },
  ],
  [
    'states: a new record: what is not said gets its default, null stays null, values stay',
    async ({ create, get }) => {
      const absent = await create({})
      const nulls = await create(Object.fromEntries([...OPTIONAL, 'preset'].map((name) => [name, null])))
      const values = await create({ ...VALUES, preset: '', parent: absent.id })
      const empty = Object.fromEntries(OPTIONAL.map((name) => [name, null]))
      for (const [what, { id }, expected] of [
        ['without values', absent, { ...empty, preset: 'given' }],
        ['with nulls', nulls, { ...empty, preset: null }],
        ['with values', values, { ...VALUES, preset: '', parent: absent.id }],
      ] as const)
        expectMembers(`a record made ${what}`, await get(id), expected)
      expectMembers('what creating returns', absent, { ...empty, preset: 'given' })
      expectMembers('what creating with nulls returns', nulls, { ...empty, preset: null })
    },
  ],
  [
    'states: a change: what is not said stays, null clears, values are set',
    async ({ create, get, update }) => {
      const { id } = await create({ ...VALUES, preset: 'mine' })
      await update(id, { title: 'changed' })
      expectMembers('what a change does not name', await get(id), { ...VALUES, title: 'changed', preset: 'mine' })
      await update(id, {})
      expectMembers('a change that says nothing', await get(id), { ...VALUES, title: 'changed', preset: 'mine' })
      for (const name of Object.keys(VALUES)) {
        await update(id, { [name]: null })
        expectMembers(`${name} after null`, await get(id), { [name]: null, title: 'changed', preset: 'mine' })
        await update(id, { [name]: VALUES[name] })
        expectMembers(`${name} after a value`, await get(id), { ...VALUES, preset: 'mine' })
      }
      await update(id, { preset: null })
      expectMembers('a default after null', await get(id), { preset: null })
    },
  ],
  [
    'states: what is required may be left out of a change, but is never null',
    async ({ adapter, batch, create, get, update, refused }) => {
      await refused('a new record without it', () => adapter.create(ITEM, { batch }), invalidAt(['/title', 'required']))
      await refused('a new record with null', () => create({ title: null }), invalidAt(['/title', 'required']))
      const { id } = await create({ title: 'kept' })
      await refused('a change to null', () => update(id, { title: null, level: 1 }), invalidAt(['/title', 'required']))
      expectMembers('the record', await get(id), { title: 'kept', level: null })
    },
  ],
]
