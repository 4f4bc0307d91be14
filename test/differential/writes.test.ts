import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../support/database-servers.ts'
import { appIr, objectIr } from '../support/ir.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { runningApp } from '../support/running-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'objectql-writes-'))
afterAll(() => rmSync(folder, { recursive: true }))

const host = process.env['PGHOST'] ?? '127.0.0.1'

const SOURCES = [
  { name: 'memory', isThere: true, server: undefined, open: () => ':memory:' },
  { name: 'a file', isThere: true, server: undefined, open: () => `sqlite:${join(folder, 'a.db')}` },
  {
    name: 'PostgreSQL',
    isThere: isReachable(postgres),
    server: postgres,
    open: (database?: ScratchDatabase) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${host}/${database?.name}`,
  },
  {
    name: 'MariaDB',
    isThere: isReachable(mysql),
    server: mysql,
    open: (database?: ScratchDatabase) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${database?.name}`,
  },
]

const shop = appIr([
  objectIr({
    name: 'maker',
    label: 'Maker',
    fields: { name: 'text' },
    children: [{ name: 'products', object: 'product', field: 'maker' }],
  }),
  objectIr({
    name: 'product',
    label: 'Product',
    fields: {
      name: { type: 'text', isRequired: true, value: { kind: 'string', maxLength: 20 } },
      code: { type: 'text', isUnique: true },
      stock: { type: 'number', value: { kind: 'number', isInteger: true, min: 0, max: 20 } },
      price: { type: 'currency', value: { kind: 'number', isInteger: false, scale: 2, min: 0 } },
      active: 'boolean',
      tags: 'tags',
      seen_at: 'datetime',
      maker: { type: 'lookup', reference: { object: 'maker', onDelete: 'restrict' } },
    },
  }),
])

interface Row {
  id: string
  name: string
  code: string | null
  stock: number | null
  price: number | null
  active: boolean | null
  tags: readonly string[] | null
  seen_at: string | null
  maker: string | null
}

const EMPTY = { code: null, stock: null, price: null, active: null, tags: null, seen_at: null, maker: null }
type Patch = Partial<Omit<Row, 'stock'>> & { stock?: number | null | { $inc: number } }

/** What went wrong, as a status. */
class Refused extends Error {
  readonly status: number
  constructor(status: number) {
    super(String(status))
    this.status = status
  }
}

/** The records as a plain map: every operation written down once more, as slowly and obviously as possible. */
class Model {
  rows = new Map<string, Row>()
  readonly makers = new Set(['m1', 'm2'])

  transaction<Result>(work: () => Result): Result {
    const before = new Map([...this.rows].map(([id, row]) => [id, { ...row }]))
    try {
      return work()
    } catch (error) {
      this.rows = before
      throw error
    }
  }

  check(row: Partial<Row>): void {
    if ('name' in row && (!row.name || row.name.length > 20)) throw new Refused(422)
    if (typeof row.stock === 'number' && (row.stock < 0 || row.stock > 20 || !Number.isInteger(row.stock))) throw new Refused(422)
    if (typeof row.price === 'number' && row.price < 0) throw new Refused(422)
  }

  put(row: Row): void {
    for (const other of this.rows.values()) if (other.id !== row.id && row.code !== null && other.code === row.code) throw new Refused(409)
    if (row.maker !== null && !this.makers.has(row.maker)) throw new Refused(422)
    this.rows.set(row.id, row)
  }

  create(input: Partial<Row>): void {
    this.check({ name: '', ...input })
    if (this.rows.has(input.id!)) throw new Refused(409)
    this.put({ ...EMPTY, name: '', id: '', ...input })
  }

  createMany(inputs: readonly Partial<Row>[]): void {
    for (const input of inputs) this.check({ name: '', ...input })
    this.transaction(() => {
      for (const input of inputs) this.create(input)
    })
  }

  createEach(inputs: readonly Partial<Row>[]): readonly number[] {
    return inputs.map((input) => {
      try {
        this.create(input)
        return 201
      } catch (error) {
        return (error as Refused).status
      }
    })
  }

  update(id: string, { stock, ...patch }: Patch): void {
    const row = this.rows.get(id)
    const amount = typeof stock === 'object' && stock !== null ? stock.$inc : undefined
    const plain: Partial<Row> = stock === undefined || amount !== undefined ? patch : { ...patch, stock: stock as number | null }
    this.check(plain)
    if (!row) throw new Refused(404)
    const changed = { ...row, ...plain }
    if (amount !== undefined) changed.stock = (row.stock ?? 0) + amount
    // The database looks at keys first, results are looked at afterwards.
    this.transaction(() => {
      this.put(changed)
      this.check(changed)
    })
  }

  upsertMany(inputs: readonly Partial<Row>[], on: 'id' | 'code'): void {
    this.transaction(() => {
      for (const input of inputs) {
        const found = [...this.rows.values()].find((row) => row[on] === input[on])
        const { id, ...patch } = input
        // The id of a record does not change.
        if (found && found.id !== id) throw new Refused(422)
        if (found) this.update(found.id, patch)
        else this.create(input)
      }
    })
  }

  found(where: { readonly minStock: number }): readonly Row[] {
    return [...this.rows.values()].filter((row) => row.stock !== null && row.stock >= where.minStock).sort((a, b) => (a.id < b.id ? -1 : 1))
  }
}

const dates = ['2024-02-29T12:00:00.000Z', '1999-12-31T23:59:59.999Z']

const anyRow = (generator: Random): Partial<Row> => ({
  ...(generator.chance(0.9)
    ? { name: generator.pick(['a', 'Ä', '🔥', "o'k", 'x'.repeat(20), ...(generator.chance(0.1) ? ['', 'x'.repeat(21)] : [])]) }
    : {}),
  ...(generator.chance(0.5) ? { code: generator.pick(['c1', 'c2', 'C1', 'c1 ', null]) } : {}),
  ...(generator.chance(0.7) ? { stock: generator.pick([0, 1, 5, 19, 20, null, ...(generator.chance(0.1) ? [21] : [])]) } : {}),
  ...(generator.chance(0.5) ? { price: generator.pick([0, 0.1, 19.99, 12345678.9, null]) } : {}),
  ...(generator.chance(0.5) ? { active: generator.pick([true, false, null]) } : {}),
  ...(generator.chance(0.4) ? { tags: generator.pick([[], ['a', 'b"c'], null]) } : {}),
  ...(generator.chance(0.4) ? { seen_at: generator.pick([...dates, null]) } : {}),
  ...(generator.chance(0.3) ? { maker: generator.pick(['m1', 'm2', null, ...(generator.chance(0.2) ? ['nobody'] : [])]) } : {}),
})

const anyPatch = (generator: Random): Patch =>
  generator.chance(0.4) ? { ...anyRow(generator), stock: { $inc: generator.pick([-5, -1, 0, 1, 7]) } } : anyRow(generator)

/** The same step on both sides: what each answers must be equal. */
type Step = {
  readonly actual: (products: ObjectApi) => Promise<unknown>
  readonly expected: (model: Model) => unknown
  readonly text: string
}

function anyStep(generator: Random): Step {
  const id = generator.pick(['p1', 'p2', 'p3', 'p4', 'p5', 'p6'])
  const minStock = generator.pick([0, 5, 19])
  const where = { stock: { $gte: minStock } }
  const step = (text: string, actual: Step['actual'], expected: Step['expected']): Step => ({ text, actual, expected })
  switch (generator.below(11)) {
    case 0: {
      const row = { ...anyRow(generator), id }
      return step(
        `create ${JSON.stringify(row)}`,
        (products) => products.create(row).then(() => 'done'),
        (model) => {
          model.create(row)
          return 'done'
        },
      )
    }
    case 1: {
      const rows = Array.from({ length: 2 + generator.below(5) }, (_, index) => ({
        ...anyRow(generator),
        id: `n${generator.below(20)}${index}`,
      }))
      return step(
        `createMany ${JSON.stringify(rows)}`,
        (products) => products.createMany(rows).then(() => 'done'),
        (model) => {
          model.createMany(rows)
          return 'done'
        },
      )
    }
    case 2: {
      const rows = Array.from({ length: 2 + generator.below(4) }, (_, index) => ({
        ...anyRow(generator),
        id: `e${generator.below(20)}${index}`,
      }))
      return step(
        `createEach ${JSON.stringify(rows)}`,
        async (products) =>
          (await products.createMany(rows, { atomic: false })).map(({ error }) => (error as ObjectQLError | undefined)?.status ?? 201),
        (model) => model.createEach(rows),
      )
    }
    case 3:
    case 4: {
      const patch = anyPatch(generator)
      return step(
        `update ${id} ${JSON.stringify(patch)}`,
        (products) => products.update(id, patch as never).then(() => 'done'),
        (model) => {
          model.update(id, patch)
          return 'done'
        },
      )
    }
    case 5: {
      const { code: _, ...patch } = anyPatch(generator)
      return step(
        `updateMany ${minStock} ${JSON.stringify(patch)}`,
        (products) => products.updateMany(where, patch as never),
        (model) => {
          const { stock, ...plain } = patch
          model.check(typeof stock === 'object' && stock !== null ? plain : (patch as Partial<Row>))
          const found = model.found({ minStock })
          model.transaction(() => {
            for (const row of found) model.update(row.id, patch)
          })
          return found.length
        },
      )
    }
    case 6:
      return step(
        `deleteMany ${minStock}`,
        (products) => products.deleteMany(where, { maxAffected: 3 }),
        (model) => {
          const found = model.found({ minStock })
          if (found.length > 3) throw new Refused(400)
          for (const row of found) model.rows.delete(row.id)
          return found.length
        },
      )
    case 7: {
      const patch = anyPatch(generator)
      return step(
        `findOneAndUpdate ${minStock} ${JSON.stringify(patch)}`,
        async (products) => (await products.findOneAndUpdate(where, patch as never, { orderBy: 'id desc' }))?.['id'] ?? null,
        (model) => {
          const { stock, ...plain } = patch
          model.check(typeof stock === 'object' && stock !== null ? plain : (patch as Partial<Row>))
          const row = model.found({ minStock }).at(-1)
          if (row) model.update(row.id, patch)
          return row?.id ?? null
        },
      )
    }
    case 8:
    case 9: {
      // A key may stand there twice; in the order in which servers lock them.
      const on = generator.pick(['id', 'code'] as const)
      const codes = ['c1', 'c2', 'C1', 'c1 ']
      const rows = Array.from({ length: 2 + generator.below(4) }, () => {
        const code = generator.pick(codes)
        const other = generator.pick(['p1', 'p2', 'p3', 'p4', 'p5', 'p6'])
        return { ...anyRow(generator), ...(on === 'code' ? { code, id: `k${codes.indexOf(code)}` } : { id: other }) }
      }).sort((a, b) => (JSON.stringify([a[on]]) < JSON.stringify([b[on]]) ? -1 : a[on] === b[on] ? 0 : 1))
      return step(
        `upsertMany ${on} ${JSON.stringify(rows)}`,
        async (products) => (await products.upsertMany(rows, { on: [on] })).map((row) => row['id']),
        (model) => {
          model.upsertMany(rows, on)
          return rows.map((row) => row.id)
        },
      )
    }
    default: {
      const row = { ...anyRow(generator), id }
      return step(
        `upsert ${JSON.stringify(row)}`,
        async (products) => (await products.upsertResult(row)).isCreated,
        (model) => {
          const isCreated = !model.rows.has(id)
          if (isCreated) model.create(row)
          else {
            const { id: _, ...patch } = row
            model.update(id, patch)
          }
          return isCreated
        },
      )
    }
  }
}

/** Several steps that count together, or not at all. */
function anySteps(generator: Random): Step {
  if (generator.chance(0.85)) return anyStep(generator)
  const steps = Array.from({ length: 1 + generator.below(3) }, () => anyStep(generator))
  const isKept = generator.chance(0.5)
  return {
    text: `${isKept ? 'commit' : 'rollback'} [${steps.map(({ text }) => text).join('; ')}]`,
    async actual(products) {
      const outcomes: unknown[] = []
      await transaction(async () => {
        for (const step of steps) outcomes.push(await outcomeOf(() => step.actual(products)))
        if (!isKept) throw new Refused(299)
      }).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error
      })
      return outcomes
    },
    expected(model) {
      const outcomes: unknown[] = []
      try {
        model.transaction(() => {
          for (const step of steps) outcomes.push(syncOutcomeOf(() => model.transaction(() => step.expected(model))))
          if (!isKept) throw new Refused(299)
        })
      } catch (error) {
        if (!(error instanceof Refused)) throw error
      }
      return outcomes
    },
  }
}

let transaction: (work: () => Promise<unknown>) => Promise<unknown>

const outcomeOf = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ObjectQLError && error.status < 500) return error.status
    throw error
  }
}

const syncOutcomeOf = (work: () => unknown): unknown => {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refused) return error.status
    throw error
  }
}

const ROUNDS = 250

test.for(SOURCES)(
  'random writes do on $name what they do to a plain map',
  { timeout: 120_000 },
  async ({ isThere, open, server, name }, { skip }) => {
    if (!isThere) skip()
    const seed = testSeed()
    console.log(`writes on ${name}: OBJECTQL_SEED=${seed}`)
    const generator = random(seed)
    const database = server?.create('writes')
    const app = await runningApp(shop, { datasource: open(database), dialects: ['sqlite', 'postgres', 'mysql'] })
    try {
      const { maker, product: products } = app.app.objects as { readonly maker: ObjectApi; readonly product: ObjectApi }
      transaction = (work) => app.app.transaction(work)
      await maker.createMany([{ id: 'm1' }, { id: 'm2' }])
      const model = new Model()
      for (let round = 0; round < ROUNDS; round++) {
        const step = anySteps(generator)
        const expected = syncOutcomeOf(() => model.transaction(() => step.expected(model)))
        expect(await outcomeOf(() => step.actual(products)), `${round}: ${step.text}`).toEqual(expected)
        if (round % 10 > 0) continue
        const { items } = await products.find({ limit: 1000 })
        const stored = items
          .map(({ created_at: _created, updated_at: _updated, ...row }) => row)
          .sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
        expect(stored, `after ${round}: ${step.text}`).toEqual([...model.rows.values()].sort((a, b) => (a.id < b.id ? -1 : 1)))
      }
      // Related records in one transaction, on every database.
      const created = await maker.create({
        name: 'nested',
        products: { create: [{ name: 'one' }, { name: 'two', stock: 3 }], connect: [] },
      })
      expect(await products.count({ where: { maker: String(created['id']) } })).toBe(2)
      await expect(
        maker.create({
          id: 'lost',
          products: {
            create: [
              { name: 'x', code: 'taken' },
              { name: 'y', code: 'taken' },
            ],
          },
        }),
      ).rejects.toMatchObject({
        status: 409,
      })
      expect(await maker.get('lost')).toBeNull()
      // Many at once: nothing is lost, nobody fails.
      await products.upsert({ id: 'counter', name: 'counter', stock: 0 })
      await Promise.all(Array.from({ length: 20 }, () => products.update('counter', { stock: { $inc: 1 } })))
      expect(await products.get('counter')).toMatchObject({ stock: 20 })
      await expect(products.update('counter', { stock: { $inc: 1 } })).rejects.toMatchObject({ status: 422 })
      const dryRun = { method: 'POST', headers: { prefer: 'tx=rollback' }, body: { where: {} } }
      expect((await app.request('/api/product/deleteMany', dryRun)).json.count).toBe(await products.count())
    } finally {
      await app.close()
      database?.drop()
    }
  },
)
