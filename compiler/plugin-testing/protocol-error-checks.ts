import { expectSame } from './conformance.ts'
import { ITEM } from './protocol-object.ts'
import { expectMembers, invalidAt, NOT_FOUND, type ProtocolCheck } from './protocol-scene.ts'

const duplicate = (pointer: string) => ({ status: 409, code: 'CONFLICT', issues: [{ pointer, code: 'duplicate' }] })

/** Refusals, with the codes that are the same over every protocol. */
export const protocolErrorChecks: readonly ProtocolCheck[] = [
  [
    'errors: no such record, no such object',
    async ({ adapter, batch, refused }) => {
      const nobody = `${batch}-nobody`
      for (const object of [ITEM, 'objectql_check_no_such_object']) {
        await refused(`reading from ${object}`, () => adapter.get(object, nobody), NOT_FOUND)
        await refused(`changing in ${object}`, () => adapter.update(object, nobody, { title: 'x' }), NOT_FOUND)
        await refused(`deleting in ${object}`, () => adapter.delete(object, nobody), NOT_FOUND)
      }
      await refused('creating in no object', () => adapter.create('objectql_check_no_such_object', { title: 'x' }), NOT_FOUND)
      await refused('listing no object', () => adapter.list('objectql_check_no_such_object', {}), NOT_FOUND)
    },
  ],
  [
    'errors: all wrong values are told with their places, and nothing is stored',
    async ({ create, get, update, count, refused }) => {
      const wrong = { title: 'x'.repeat(101), share: 101, email: 'nowhere', kind: 'pink', price: 1.234, level: 1.5, day: '2023-02-29' }
      const expected = invalidAt(
        ...([
          ['/title', 'max_length'],
          ['/share', 'max'],
          ['/email', 'format'],
          ['/kind', 'option'],
        ] as const),
        ...([
          ['/price', 'precision'],
          ['/level', 'precision'],
          ['/day', 'format'],
        ] as const),
      )
      await refused('a new record', () => create(wrong), expected)
      expectSame('records that were stored', await count(), 0)
      const { id } = await create({ title: 'kept', share: 1 })
      await refused('a change', () => update(id, wrong), expected)
      await refused('a number below the least', () => update(id, { share: -1 }), invalidAt(['/share', 'min']))
      await refused('an option in a list', () => update(id, { colours: ['red', 'pink'] }), invalidAt(['/colours/1', 'option']))
      await refused('a reference to nobody', () => update(id, { parent: `${id}-nobody` }), {
        ...{ status: 422, code: 'VALIDATION_ERROR', issues: [{ pointer: '/parent', code: 'reference' }] },
      })
      expectMembers('the record', await get(id), { title: 'kept', share: 1, kind: null, parent: null })
    },
  ],
  [
    'errors: duplicates',
    async ({ batch, create, get, update, count, refused }) => {
      const { id } = await create({ code: batch })
      const other = await create({ code: `${batch}-2` })
      await refused('a new record', () => create({ code: batch }), duplicate('/code'))
      await refused('a change', () => update(other.id, { code: batch }), duplicate('/code'))
      await refused('an id that is taken', () => create({ id }), duplicate('/id'))
      expectMembers('the other record', await get(other.id), { code: `${batch}-2` })
      await update(id, { code: batch, level: 1 })
      await create({ code: null })
      await create({ code: null })
      expectSame('records', await count(), 4)
    },
  ],
  [
    'errors: of several who take a unique value at once one gets it',
    async ({ adapter, batch, create, count }) => {
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => create({ code: batch })))
      const codes = all.map((one) => (one.status === 'fulfilled' ? 'stored' : adapter.problemOf(one.reason)?.code))
      expectSame('outcomes', codes.toSorted(), [...Array.from({ length: 7 }, () => 'CONFLICT'), 'stored'])
      expectSame('records', await count({ code: batch }), 1)
    },
  ],
  [
    'errors: filters, orders and pages that there are not',
    async ({ adapter, create, refused, refusedAs }) => {
      await create({})
      const list = (query: Parameters<typeof adapter.list>[1]) => () => adapter.list(ITEM, query)
      const filter = { status: 400, code: 'INVALID_FILTER' }
      await refused('a filter by an unknown field', list({ where: { nowhere: 1 } }), filter)
      await refused('counting by an unknown field', () => adapter.count(ITEM, { where: { nowhere: 1 } }), filter)
      await refused('a filter with a value of another type', list({ where: { level: { $gt: 'much' } } }), filter)
      await refused('a filter with an unknown operator', list({ where: { level: { $nearly: 1 } } }), filter)
      await refused('a filter by a password', list({ where: { secret: 'x' } }), filter)
      await refused('an order by an unknown field', list({ orderBy: [['nowhere', 'asc']] }), { status: 400, code: 'INVALID_SORT' })
      for (const query of [{ limit: -1 }, { limit: 1.5 }, { offset: -1 }])
        await refusedAs(`a page ${JSON.stringify(query)}`, list(query), ['INVALID_QUERY'])
    },
  ],
]
