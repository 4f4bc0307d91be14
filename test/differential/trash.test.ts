import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

// Random sequences of creating, deleting, restoring and purging against a slow model of what they mean.

const SCHEMAS = {
  'account.object.yml': `name: account
enable: { trash: true }
fields:
  name: { type: text, unique: true }
  orders: { type: summary, summary_object: order, summary_type: count }
`,
  'order.object.yml': 'name: order\nfields:\n  above: { type: master_detail, reference_to: account }\n',
  'line.object.yml': 'name: line\nfields:\n  above: { type: master_detail, reference_to: order }\n',
  'invoice.object.yml':
    'name: invoice\nenable: { trash: true }\nfields:\n  above: { type: lookup, reference_to: account, delete_behavior: restrict }\n',
  'note.object.yml': 'name: note\nfields:\n  above: { type: lookup, reference_to: account, delete_behavior: set_null }\n',
}

const RUNS = Number(process.env['OBJECTQL_CASES'] ?? 400) / 20
const STEPS = 30

interface Row {
  readonly object: string
  readonly id: string
  readonly name?: string
  above: string | null
  /** What it was deleted with; empty: it was not. */
  deletion: string
}

type Kind = 'create' | 'delete' | 'restore' | 'purge' | 'refer'

/** The object above, and what becomes of a record when the one above goes. */
const ABOVE: Readonly<Record<string, readonly [object: string, onDelete: 'cascade' | 'restrict' | 'set-null']>> = {
  order: ['account', 'cascade'],
  line: ['order', 'cascade'],
  invoice: ['account', 'restrict'],
  note: ['account', 'set-null'],
}

/** Keeps its records in a list. Gives the status of each operation. */
class Model {
  rows: Row[] = []
  #deletions = 0

  find = (object: string, id: string | null): Row | undefined => this.rows.find((row) => row.object === object && row.id === id)
  above = ({ object, above }: Row): Row | undefined => this.find(ABOVE[object]?.[0] ?? '', above)
  below = (row: Row, onDelete: string): Row[] => this.rows.filter((one) => this.above(one) === row && ABOVE[one.object]?.[1] === onDelete)

  #withAll(row: Row, isMeant: (one: Row) => boolean): Row[] {
    return [row, ...this.below(row, 'cascade').flatMap((one) => (isMeant(one) ? this.#withAll(one, isMeant) : []))]
  }

  #isTaken = (row: Row): boolean =>
    this.rows.some((one) => one !== row && one.object === 'account' && one.name === row.name && one.deletion === '')

  create(row: Row): number {
    const above = this.above(row)
    if (row.above !== null && above?.deletion !== '') return 422
    if (row.object === 'account' && this.#isTaken(row)) return 409
    this.rows.push(row)
    return 200
  }

  delete(object: string, id: string): number {
    const row = this.find(object, id)
    if (row?.deletion !== '') return 404
    if (object === 'note') {
      this.rows = this.rows.filter((one) => one !== row)
      return 200
    }
    const gone = this.#withAll(row, ({ deletion }) => deletion === '')
    if (gone.some((one) => this.below(one, 'restrict').some(({ deletion }) => deletion === ''))) return 409
    const deletion = String(++this.#deletions)
    for (const one of gone) one.deletion = deletion
    return 200
  }

  restore(object: string, id: string): number {
    const row = this.find(object, id)
    if (object === 'note' || !row) return 404
    if (row.deletion === '') return 409
    if (object === 'account' && this.#isTaken(row)) return 409
    if (ABOVE[object]?.[1] === 'cascade' && this.above(row)?.deletion) return 409
    const { deletion } = row
    for (const one of this.#withAll(row, (each) => each.deletion === deletion)) one.deletion = ''
    return 200
  }

  purge(object: string, id: string): number {
    const row = this.find(object, id)
    if (!row) return 404
    const gone = this.#withAll(row, () => true)
    if (gone.some((one) => this.below(one, 'restrict').length > 0)) return 409
    for (const one of gone) for (const loose of this.below(one, 'set-null')) loose.above = null
    this.rows = this.rows.filter((one) => !gone.includes(one))
    return 200
  }

  refer(object: string, id: string, above: string): number {
    const row = this.find(object, id)
    const target = this.find(ABOVE[object]?.[0] ?? '', above)
    // What a record is to refer to is looked at first.
    if (row?.above !== above && target && target.deletion !== '') return 422
    if (row?.deletion !== '') return 404
    if (!target) return 422
    row.above = above
    return 200
  }

  dump = (): unknown =>
    this.rows
      .map((row) => {
        const orders = row.object === 'account' ? this.below(row, 'cascade').filter(({ deletion }) => deletion === '').length : 0
        return `${row.object} ${row.id} ${row.above} ${row.deletion === '' ? 'there' : 'deleted'} ${orders}`
      })
      .sort()
}

function generator(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

let folder: string

beforeAll(async () => {
  mkdirSync(join(import.meta.dirname, '..', '..', 'tmp'), { recursive: true })
  folder = mkdtempSync(join(import.meta.dirname, '..', '..', 'tmp', 'trash-model-'))
  mkdirSync(join(folder, 'schemas'))
  for (const [name, text] of Object.entries(SCHEMAS)) writeFileSync(join(folder, 'schemas', name), text)
  writeFileSync(
    join(folder, 'objectql.config.json'),
    '{"name":"model","input":["schemas"],"output":"generated","dialects":["sqlite","postgres","mysql"]}',
  )
  expect((await compile({ cwd: folder })).isOk).toBe(true)
}, 60_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const OBJECTS = Object.keys(SCHEMAS).map((name) => name.split('.')[0] as string)
const KINDS: readonly Kind[] = ['create', 'create', 'create', 'delete', 'delete', 'restore', 'restore', 'purge', 'refer']

describe.for(allSources())('sequences about the trash on $name', ({ isThere, open }) => {
  let source: OpenSource
  let running: RunningApp
  beforeAll(async () => {
    if (!isThere) return
    source = await open('trashmodel')
    running = await startedApp(join(folder, 'generated'), { datasource: source.datasource })
  }, 60_000)
  afterAll(async () => {
    if (!isThere) return
    await running.app.close()
    await source.close()
  })
  const api = (name: string) => running.app.objects[name] as NonNullable<RunningApp['app']['objects'][string]>
  const statusOf = async (work: () => Promise<unknown>): Promise<number> => {
    try {
      await work()
      return 200
    } catch (error) {
      if (error instanceof ObjectQLError && error.status < 500) return error.status
      throw error
    }
  }
  const dump = async (): Promise<unknown> => {
    const rows: string[] = []
    for (const name of OBJECTS) {
      const { items } = await api(name).find({ ...(name === 'note' ? {} : { deleted: 'with' }), limit: 1000 })
      for (const item of items)
        rows.push(`${name} ${item['id']} ${item['above'] ?? null} ${item['deleted_at'] ? 'deleted' : 'there'} ${item['orders'] ?? 0}`)
    }
    return rows.sort()
  }

  test.skipIf(!isThere)(
    'end as the model says',
    async () => {
      for (let run = 1; run <= RUNS; run++) {
        for (const name of ['note', 'invoice', 'line', 'order', 'account']) {
          await api(name).deleteMany({})
          if (name !== 'note') await api(name).purgeMany({})
        }
        const random = generator(run)
        const model = new Model()
        const said: string[] = [`seed ${run}`]
        for (let step = 0; step < STEPS; step++) {
          const kind = KINDS[random(KINDS.length)] as Kind
          const object = OBJECTS[random(OBJECTS.length)] as string
          const id = `${object[0]}${random(4)}`
          const above = `${(ABOVE[object]?.[0] ?? 'x')[0]}${random(4)}`
          const fresh = `${object[0]}${step + 10}`
          const picked = random(2) === 0 ? id : (model.rows.filter((row) => row.object === object).at(-1)?.id ?? id)
          const target = random(2) === 0 ? above : (model.rows.filter((row) => row.object === ABOVE[object]?.[0]).at(-1)?.id ?? above)
          said.push(`${kind} ${object} ${kind === 'create' ? fresh : picked} ${target}`)
          let wanted: number
          let got: number
          if (kind === 'create') {
            const lookup = object === 'account' || random(4) === 0 ? null : target
            const name = `n${random(3)}`
            wanted = model.create({ object, id: fresh, name, above: lookup, deletion: '' })
            got = await statusOf(() => api(object).create({ id: fresh, ...(object === 'account' ? { name } : { above: lookup }) }))
          } else if (kind === 'refer') {
            if (object === 'account') continue
            wanted = model.refer(object, picked, target)
            got = await statusOf(() => api(object).update(picked, { above: target }))
          } else {
            wanted = model[kind](object, picked)
            got = await statusOf(() => api(object)[kind](picked))
          }
          expect({ said, status: got }).toEqual({ said, status: wanted })
        }
        expect({ said, rows: await dump() }).toEqual({ said, rows: model.dump() })
        expect(await running.app.rebuildSummaries()).toBe(0)
      }
    },
    300_000,
  )
})
