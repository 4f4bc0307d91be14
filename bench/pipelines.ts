import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../compiler/index.ts'
import type { Behaviour } from '../runtime-lite/behaviour/behaviour.ts'
import { HookContext } from '../runtime-lite/behaviour/hook-context.ts'
import type { Row } from './row.ts'
import { median } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'
import { tempFolder } from './support/temp-folder.ts'

const NUMBERS = [1, 2, 3, 4, 5]

/** Five hooks as people write them: each looks at a field and sets another. */
const hooks = (keyword: string): string =>
  NUMBERS.map(
    (number) => `export const hook${number} = {
  object: '${keyword === '' ? 'item' : 'parcel'}', events: ['beforeUpdate'], priority: ${number},
  ${keyword}handler(ctx: { data: { count?: number; title?: string } }) {
    if (ctx.data.title !== undefined) ctx.data.count = (ctx.data.count ?? 0) + ${number}
  },
}`,
  ).join('\n')

/** Five middleware as people write them: each sets a field and calls on, once; whether it does, the compiler can prove for all but the last kind. */
const MIDDLEWARE = {
  five: { on: 'update', keyword: '', end: 'return next()' },
  later: { on: 'create', keyword: 'async ', end: 'return next()' },
  watched: { on: 'delete', keyword: 'async ', end: 'const goOn = () => next()\n        return goOn()' },
} as const

const plugin = (name: keyof typeof MIDDLEWARE): string => `export default {
  name: '${name}',
  middleware: [
${NUMBERS.map(
  (number) => `    {
      name: 'around${number}', on: '${MIDDLEWARE[name].on}', objects: 'crate',
      ${MIDDLEWARE[name].keyword}execute(ctx: { data: { count?: number; title?: string } }, next: () => unknown) {
        if (ctx.data.title !== undefined) ctx.data.count = (ctx.data.count ?? 0) + ${number}
        ${MIDDLEWARE[name].end}
      },
    },`,
).join('\n')}
  ],
}
`

type Execute = (context: HookContext, next: () => unknown) => unknown
type Five = readonly [Execute, Execute, Execute, Execute, Execute]
type Handler = (context: HookContext) => unknown
type Hooks = Readonly<Record<string, { readonly handler: Handler }>>

const CALLS = isQuick ? 20_000 : 100_000
const SAMPLES = isQuick ? 40 : 120

/** Milliseconds of so many calls of each, taken in turns; the ratio of every pair. */
async function ratios(ours: () => unknown, theirs: () => unknown): Promise<{ readonly ours: number; readonly ratio: number }> {
  const measured = async (work: () => unknown): Promise<number> => {
    const started = performance.now()
    await work()
    return performance.now() - started
  }
  for (let warmup = 0; warmup < 5; warmup++) await [await measured(ours), await measured(theirs)]
  const mine: number[] = []
  const pairs: number[] = []
  for (let sample = 0; sample < SAMPLES; sample++) {
    // Whoever goes second finds caches warm: take turns.
    const isFirst = sample % 2 === 0
    const early = await measured(isFirst ? ours : theirs)
    const late = await measured(isFirst ? theirs : ours)
    mine.push(isFirst ? early : late)
    pairs.push(isFirst ? early / late : late / early)
  }
  return { ours: (median(mine) * 1e6) / CALLS, ratio: median(pairs) }
}

/** What a careful person writes where a middleware might call `next` twice. */
const watchedByHand =
  ([a, b, c, d, e]: Five) =>
  (one: HookContext, done: () => unknown): unknown => {
    let reached = 0
    const enter = (level: number): void => {
      if (reached >= level) throw new Error(`The middleware ${level} called next() twice.`)
      reached = level
    }
    return a(one, async () => {
      enter(1)
      return b(one, async () => {
        enter(2)
        return c(one, async () => {
          enter(3)
          return d(one, async () => {
            enter(4)
            return e(one, async () => {
              enter(5)
              return done()
            })
          })
        })
      })
    })
  }

export async function run(): Promise<readonly Row[]> {
  const folder = tempFolder('pipelines')
  mkdirSync(join(folder, 'schemas'), { recursive: true })
  writeFileSync(join(folder, 'objectql.config.json'), '{ "name": "bench", "dialects": ["sqlite"] }')
  for (const name of ['item', 'parcel', 'crate', 'plain'])
    writeFileSync(
      join(folder, 'schemas', `${name}.object.yml`),
      `name: ${name}\nfields:\n  title: { type: text }\n  count: { type: number }\n`,
    )
  writeFileSync(join(folder, 'schemas', 'item.hook.ts'), hooks(''))
  writeFileSync(join(folder, 'schemas', 'parcel.hook.ts'), hooks('async '))
  for (const name of ['five', 'later', 'watched'] as const) writeFileSync(join(folder, 'schemas', `${name}.plugin.ts`), plugin(name))
  const { isOk } = await compile({ cwd: folder })
  if (!isOk) throw new Error('The application of the benchmark does not compile.')
  const load = async (name: string): Promise<{ readonly pipeline: Handler; readonly byHand: readonly Handler[] }> => {
    const { behaviour } = (await import(join(folder, 'generated', 'hooks', `${name}.ts`))) as { behaviour: Behaviour }
    const exported = (await import(join(folder, 'schemas', `${name}.hook.ts`))) as Hooks
    const byHand = NUMBERS.map((number) => {
      const { handler } = exported[`hook${number}`] as { handler: Handler }
      return handler.bind(exported[`hook${number}`])
    })
    return { pipeline: behaviour.beforeUpdate as Handler, byHand }
  }
  const context = new HookContext({} as never, 'beforeUpdate', {
    object: 'item',
    operation: 'update',
    id: 'a',
    data: { title: 'x', count: 0 },
  })

  const { behaviour: crate } = (await import(join(folder, 'generated', 'hooks', 'crate.ts'))) as { behaviour: Behaviour }
  const executed = async (name: keyof typeof MIDDLEWARE): Promise<Five> => {
    const { default: exported } = (await import(join(folder, 'schemas', `${name}.plugin.ts`))) as {
      default: { middleware: readonly { execute: Execute }[] }
    }
    return exported.middleware.map((one) => one.execute.bind(one)) as unknown as Five
  }
  const [v, w, x, y, z] = await executed('five')
  const [p, q, r, s, t] = await executed('later')
  const fiveWatched = watchedByHand(await executed('watched'))
  const fresh = (): HookContext =>
    new HookContext({} as never, 'beforeUpdate', { object: 'crate', operation: 'update', id: 'a', data: { title: 'x', count: 0 } })
  const done = (): unknown => undefined
  const doneLater = async (): Promise<unknown> => undefined
  const fiveNested = (one: HookContext): unknown => v(one, () => w(one, () => x(one, () => y(one, () => z(one, done)))))
  const fiveLater = (one: HookContext): unknown => p(one, () => q(one, () => r(one, () => s(one, () => t(one, doneLater)))))
  const nested: number[] = []
  const nestedLater: number[] = []
  const nestedWatched: number[] = []
  const synchronous: number[] = []
  const asynchronous: number[] = []
  const nanoseconds: number[] = []
  const item = await load('item')
  const parcel = await load('parcel')
  const [a, b, c, d, e] = item.byHand as [Handler, Handler, Handler, Handler, Handler]
  const [f, g, h, i, j] = parcel.byHand as [Handler, Handler, Handler, Handler, Handler]
  const fiveCalls = (one: HookContext): void => {
    a(one)
    b(one)
    c(one)
    d(one)
    e(one)
  }
  const fiveAwaits = async (one: HookContext): Promise<void> => {
    await f(one)
    await g(one)
    await h(one)
    await i(one)
    await j(one)
  }
  for (let round = 0; round < rounds; round++) {
    const once = await ratios(
      () => {
        for (let call = 0; call < CALLS; call++) item.pipeline(context)
      },
      () => {
        for (let call = 0; call < CALLS; call++) fiveCalls(context)
      },
    )
    synchronous.push(once.ratio)
    nanoseconds.push(once.ours)
    const later = await ratios(
      async () => {
        for (let call = 0; call < CALLS / 10; call++) await parcel.pipeline(context)
      },
      async () => {
        for (let call = 0; call < CALLS / 10; call++) await fiveAwaits(context)
      },
    )
    asynchronous.push(later.ratio)
    const around = await ratios(
      () => {
        for (let call = 0; call < CALLS; call++) crate.around?.update?.(fresh(), done)
      },
      () => {
        for (let call = 0; call < CALLS; call++) fiveNested(fresh())
      },
    )
    nested.push(around.ratio)
    const aroundLater = await ratios(
      async () => {
        for (let call = 0; call < CALLS / 10; call++) await crate.around?.create?.(fresh(), doneLater)
      },
      async () => {
        for (let call = 0; call < CALLS / 10; call++) await fiveLater(fresh())
      },
    )
    nestedLater.push(aroundLater.ratio)
    const aroundWatched = await ratios(
      async () => {
        for (let call = 0; call < CALLS / 10; call++) await crate.around?.delete?.(fresh(), doneLater)
      },
      async () => {
        for (let call = 0; call < CALLS / 10; call++) await fiveWatched(fresh(), doneLater)
      },
    )
    nestedWatched.push(aroundWatched.ratio)
  }
  const plain = readFileSync(join(folder, 'generated', 'plans', 'plain.ts'), 'utf8')
  return [
    { name: 'five synchronous hooks', value: median(nanoseconds), unit: 'ns' },
    { name: 'against the five calls by hand', value: median(synchronous), unit: '×', target: 1.1, note: 'median of interleaved pairs' },
    { name: 'five asynchronous hooks against five awaits', value: median(asynchronous), unit: '×', target: 1.1 },
    {
      name: 'five synchronous middleware against the calls nested by hand',
      value: median(nested),
      unit: '×',
      target: 1.1,
      note: 'a new context each time, as operations have',
    },
    { name: 'five asynchronous middleware against five nested by hand', value: median(nestedLater), unit: '×', target: 1.1 },
    {
      name: 'five that might call next twice, against five watched by hand',
      value: median(nestedWatched),
      unit: '×',
      target: 1.1,
    },
    {
      name: 'calls around a write of an object without hooks',
      value: [...plain.matchAll(/behaviour/g)].length,
      unit: 'calls',
      target: 0,
      note: 'its plan names none',
    },
  ]
}
