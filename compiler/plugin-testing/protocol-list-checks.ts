import { expectSame } from './conformance.ts'
import type { ProtocolRecord } from './protocol-adapter.ts'
import type { ProtocolCheck, ProtocolScene } from './protocol-scene.ts'
import { seededRandom } from './seeded-random.ts'

const COUNT = 23

interface Item {
  readonly title: string
  readonly level: number | null
  readonly kind: string | null
  readonly active: boolean
  readonly day: string
}

/** Made from a seed, so that several have the same value, and some none. */
function items(): readonly Item[] {
  const { pick } = chance()
  return Array.from({ length: COUNT }, (_, index) => ({
    title: `${pick(['a', 'B', 'ä', '%', '_', 'ab'])}${String(index).padStart(2, '0')}`,
    level: pick([null, -3, 0, 1, 2, 2, 5]),
    kind: pick([null, 'red', 'green', 'blue']),
    active: pick([true, false]),
    day: pick(['2023-12-31', '2024-01-01', '2024-02-29']),
  }))
}

function chance(): { pick<Value>(values: readonly Value[]): Value } {
  const random = seededRandom(7)
  return { pick: (values) => values[random.below(values.length)] as (typeof values)[number] }
}

async function stored({ create }: ProtocolScene): Promise<readonly Item[]> {
  const made = items()
  for (const item of made) await create({ ...item })
  return made
}

const titles = (records: readonly ProtocolRecord[]): readonly unknown[] => records.map(({ title }) => title)

const has = (level: number | null): level is number => level !== null

/** A filter, and which it has to find. Records without a value are different from every value. */
const FILTERS: readonly (readonly [where: ProtocolRecord, finds: (item: Item) => boolean])[] = [
  [{ level: 2 }, ({ level }) => level === 2],
  [{ level: { $eq: 0 } }, ({ level }) => level === 0],
  [{ level: { $ne: 2 } }, ({ level }) => level !== 2],
  [{ level: { $gt: 0 } }, ({ level }) => has(level) && level > 0],
  [{ level: { $gte: 0 } }, ({ level }) => has(level) && level >= 0],
  [{ level: { $lt: 1 } }, ({ level }) => has(level) && level < 1],
  [{ level: { $lte: 1 } }, ({ level }) => has(level) && level <= 1],
  [{ level: { $gte: 0, $lt: 2 } }, ({ level }) => has(level) && level >= 0 && level < 2],
  [{ level: { $in: [-3, 5] } }, ({ level }) => level === -3 || level === 5],
  [{ level: { $null: true } }, ({ level }) => level === null],
  [{ level: null }, ({ level }) => level === null],
  [{ level: { $null: false } }, ({ level }) => level !== null],
  [{ active: true }, ({ active }) => active],
  [{ active: false }, ({ active }) => !active],
  [{ day: { $gt: '2024-01-01' } }, ({ day }) => day > '2024-01-01'],
  [{ title: { $contains: '%' } }, ({ title }) => title.includes('%')],
  [{ title: { $contains: '_' } }, ({ title }) => title.includes('_')],
  [{ title: { $contains: 'ä' } }, ({ title }) => title.includes('ä')],
  [{ title: { $contains: 'b' } }, ({ title }) => title.includes('b')],
  [{ kind: 'red', active: true }, ({ kind, active }) => kind === 'red' && active],
  [{ $or: [{ kind: 'red' }, { level: { $gt: 2 } }] }, ({ kind, level }) => kind === 'red' || (has(level) && level > 2)],
  [{ $and: [{ active: true }, { $or: [{ level: 0 }, { level: 1 }] }] }, ({ active, level }) => active && (level === 0 || level === 1)],
  [{ $not: { kind: { $in: ['red', 'blue'] } } }, ({ kind }) => kind !== 'red' && kind !== 'blue'],
  [{ title: `' or 1=1 --` }, () => false],
]

/** Filters, orders, pages and counts. */
export const protocolListChecks: readonly ProtocolCheck[] = [
  [
    'lists: filters find what they say, and counts agree',
    async (scene) => {
      const all = await stored(scene)
      expectSame('all records', titles(await scene.list({})).toSorted(), all.map(({ title }) => title).sort())
      expectSame('count of all', await scene.count(), COUNT)
      for (const [where, finds] of FILTERS) {
        const expected = all.filter(finds).map(({ title }) => title)
        expectSame(`records where ${JSON.stringify(where)}`, titles(await scene.list({ where })).toSorted(), expected.toSorted())
        expectSame(`count where ${JSON.stringify(where)}`, await scene.count(where), expected.length)
      }
    },
  ],
  [
    'lists: orders, by one field and by several, text by its characters',
    async (scene) => {
      const all = await stored(scene)
      const less = (first: string | number, second: string | number): number => (first < second ? -1 : first > second ? 1 : 0)
      const byTitle = all.toSorted((first, second) => less(first.title, second.title))
      const byDay = byTitle.toSorted((first, second) => less(second.day, first.day))
      expectSame(
        'upwards',
        titles(await scene.list({ orderBy: [['title', 'asc']] })),
        byTitle.map(({ title }) => title),
      )
      expectSame('downwards', titles(await scene.list({ orderBy: [['title', 'desc']] })), byTitle.map(({ title }) => title).reverse())
      const several = await scene.list({
        orderBy: [
          ['day', 'desc'],
          ['title', 'asc'],
        ],
      })
      expectSame(
        'by two fields',
        titles(several),
        byDay.map(({ title }) => title),
      )
      const numbers = await scene.list({ where: { level: { $null: false } }, orderBy: [['level', 'asc']] })
      const levels = all.flatMap(({ level }) => (level === null ? [] : [level]))
      expectSame(
        'numbers',
        numbers.map(({ level }) => level),
        levels.sort((first, second) => first - second),
      )
    },
  ],
  [
    'lists: pages hold every record once, also where many have the same value',
    async (scene) => {
      await stored(scene)
      for (const orderBy of [[['active', 'asc']], [['level', 'desc']], [['title', 'asc']]] as const) {
        const whole = titles(await scene.list({ orderBy, limit: COUNT + 10 }))
        expectSame('records of one page', whole.length, COUNT)
        for (const limit of [1, 5, 22]) {
          const pages: unknown[] = []
          for (let offset = 0; offset < COUNT; offset += limit) {
            const page = titles(await scene.list({ orderBy, limit, offset }))
            expectSame(`records of the page at ${offset}`, page.length, Math.min(limit, COUNT - offset))
            pages.push(...page)
          }
          expectSame(`pages of ${limit} by ${orderBy[0][0]}`, pages, whole)
        }
      }
      expectSame('a page after the last', await scene.list({ limit: 5, offset: COUNT }), [])
      expectSame('count, whatever the page', await scene.count(), COUNT)
    },
  ],
]
