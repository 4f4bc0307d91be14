import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { type Random, random as seeded, testSeed } from '../support/random.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { mysqlUrl, type OpenSource, postgresUrl, remoteSources } from '../support/sources.ts'

const FIELDS = `
fields:
  code: { type: text, unique: true, maxLength: 8 }
  slug: { type: text, unique: true }
  name: { type: text, maxLength: 6 }
  amount: { type: number, scale: 2 }
  open: { type: boolean, defaultValue: true }
  owner: { type: lookup, reference_to: person }
`

/** The same object three times: the hook of one does nothing, but has its records written one after the other. */
const SCHEMAS: Readonly<Record<string, string>> = {
  'person.object.yml': 'name: person\nfields:\n  name: { type: text }\n',
  'many.object.yml': `name: many${FIELDS}`,
  'each.object.yml': `name: each${FIELDS}`,
  'each.hook.ts': 'export async function beforeCreate() {}\nexport async function beforeUpdate() {}\n',
}

let folder: CompiledFolder
beforeAll(async () => {
  folder = await compiledFolder(SCHEMAS, { isLenient: true })
}, 60_000)
afterAll(() => folder.remove())

const sources: readonly { readonly name: string; readonly isThere: boolean; readonly open?: (label: string) => Promise<OpenSource> }[] = [
  { name: 'SQLite', isThere: true },
  ...remoteSources(),
]

type Row = Record<string, unknown>

/** Few keys and few values, so that they meet; now and then one that is not valid. */
function randomRow(random: Random, key: string): Row {
  const row: Row = {}
  const maybe = (share: number): boolean => random.chance(share)
  if (key === 'id' || maybe(0.1)) row['id'] = `r${random.below(12)}`
  if (key === 'code' || maybe(0.3)) row['code'] = maybe(0.02) ? 'far too long' : `c${random.below(12)}`
  if (maybe(0.15)) row['slug'] = `s${random.below(30)}`
  if (maybe(0.5)) row['name'] = maybe(0.04) ? 'too long a name' : `n${random.below(9)}`
  if (maybe(0.4)) row['amount'] = maybe(0.5) ? null : random.below(1000) / 100
  if (maybe(0.2)) row['open'] = maybe(0.5)
  if (maybe(0.3)) row['owner'] = maybe(0.06) ? 'nobody' : 'p'
  return row
}

describe.each(sources)('many records that are changed or created on $name', ({ isThere, name, open }) => {
  if (!isThere) return
  let source: OpenSource | undefined
  let running: RunningApp
  const object = (of: string): ObjectApi => running.app.objects[of] as ObjectApi
  beforeAll(async () => {
    source = await open?.('upsert_together')
    const scratch = source?.scratch as NonNullable<OpenSource['scratch']>
    const datasource = source ? (name === 'PostgreSQL' ? postgresUrl(scratch) : mysqlUrl(scratch)) : 'sqlite::memory:'
    running = await startedApp(folder.generated, { datasource, migrate: true, onError: () => undefined } as never)
    await object('person').create({ id: 'p', name: 'P' })
  }, 60_000)
  afterAll(async () => {
    await running?.close()
    await source?.close()
  })

  const told = async (work: () => Promise<readonly Row[]>): Promise<unknown> => {
    try {
      return (await work()).map(({ created_at, updated_at, id, ...rest }) => ({ ...rest, id: /^r\d+$/.test(String(id)) ? id : 'made' }))
    } catch (error) {
      const { status, errors, code } = error as { status: number; errors?: unknown; code: string }
      return { status, code, errors }
    }
  }
  const all = async (of: string): Promise<unknown> =>
    (await object(of).find({ orderBy: [{ field: 'code' }, { field: 'slug' }, { field: 'name' }], limit: 100 } as never)).items.map(
      ({ created_at, updated_at, id, ...rest }) => rest,
    )

  test('are the same, or refused for the same reason, as one after the other', async () => {
    const seed = testSeed()
    let written = 0
    for (let round = 0; round < 40; round++) {
      const random = seeded(seed + round)
      if (round % 8 === 0) for (const of of ['many', 'each']) await object(of).deleteMany({})
      const key = random.chance(0.5) ? 'id' : 'code'
      const codes = new Set<unknown>()
      const rows = Array.from({ length: 4 + random.below(9) }, () => randomRow(random, key)).filter((row) => {
        // Mostly each key once, since others are written one after the other anyway.
        const isNew = !codes.has(row[key])
        codes.add(row[key])
        return isNew || random.chance(0.05)
      })
      const on = { on: [key] }
      const [many, each] = [await told(() => object('many').upsertMany(rows, on)), await told(() => object('each').upsertMany(rows, on))]
      const where = `seed ${seed + round}, ${JSON.stringify(rows)}`
      expect(withoutNames(many), where).toEqual(withoutNames(each))
      expect(await all('many'), where).toEqual(await all('each'))
      if (Array.isArray(many)) written++
    }
    expect(written).toBeGreaterThan(5)
  }, 120_000)

  test('several calls at once that change and create the same come to their end', async () => {
    const many = object('many')
    await many.deleteMany({})
    const rows = Array.from({ length: 40 }, (_, at) => ({ code: `k${at}`, name: 'same' }))
    const calls = Array.from({ length: 6 }, (_, call) =>
      many.upsertMany(call % 2 === 0 ? rows : rows.toReversed(), { on: ['code'] }).then((done) => done.length),
    )
    expect(await Promise.all(calls)).toEqual([40, 40, 40, 40, 40, 40])
    expect(await many.count()).toBe(40)
  })
})

/** Messages name the object. */
const withoutNames = (outcome: unknown): unknown => JSON.parse(JSON.stringify(outcome).replaceAll(/\b(?:Many|Each)\b/g, 'Object'))
