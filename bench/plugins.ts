import { EventEmitter } from 'node:events'
import { satisfies } from 'semver'
import { Bench } from 'tinybench'
import type { App } from '../runtime-lite/app/app.ts'
import { createEventBus } from '../runtime-lite/events/event-bus.ts'
import { createPluginKernel } from '../runtime-lite/kernel/kernel.ts'
import type { KernelPlan } from '../runtime-lite/kernel/kernel-plan.ts'
import { type PluginNode, resolvePlugins } from '../runtime-lite/kernel/resolve-plugins.ts'
import { createMetadata } from '../runtime-lite/metadata/metadata.ts'
import { createRegistry, type MetadataItem } from '../runtime-lite/registry.ts'
import type { Row } from './row.ts'
import { cacheCosts } from './support/cache-costs.ts'
import { devLatencies } from './support/dev-latencies.ts'
import { generateApp } from './support/generate-app.ts'
import { median } from './support/numbers.ts'
import { isQuick } from './support/options.ts'
import { tempFolder } from './support/temp-folder.ts'

const CALLS = 1000

/** Calls for each name, in the loop of one sample. */
const CALLS_OF: Readonly<Record<string, number>> = {
  'resolve 2,000 plugins': 1,
  'boot 10 plugins': 1,
  'boot 200 plugins': 1,
  'a package of 10 definitions comes and goes, among 5,000': 1,
}

/** What plugins cost: putting them in order, starting them, definitions that come and go, events, answers that are kept. */
export async function run(): Promise<readonly Row[]> {
  const items = Array.from({ length: 5000 }, (_, index): MetadataItem => {
    return { type: 'object', name: `object_${index}`, package: `package_${index % 500}`, tags: [`tag_${index % 50}`] }
  })
  const metadata = createMetadata(createRegistry(items))
  metadata.register({ type: 'object', name: 'extra' })
  const ten = Array.from({ length: 10 }, (_, index): MetadataItem => ({ type: 'object', name: `new_${index}`, tags: ['new'] }))
  const names = Array.from({ length: CALLS }, (_, index) => `object_${(index * 7) % 5000}`)

  const emitter = new EventEmitter()
  const bus = createEventBus({ onError: () => undefined })
  const patterns = createEventBus({ onError: () => undefined })
  const nobody = createEventBus({ onError: () => undefined })
  let heard = 0
  const listener = (): void => void heard++
  for (let count = 0; count < 5; count++) {
    emitter.on('record.created.account', listener)
    bus.on('record.created.account', listener)
    patterns.on(['record.*', 'record.created.*', '*', 'record.*.account', 'record.created.account'][count] ?? '*', listener)
  }
  const payload = { id: '1' }

  const plugins = Array.from({ length: 2000 }, (_, index): PluginNode => {
    const needed = [index - 1, index - 7, index - 100].filter((at) => at >= 0).map((at) => ({ name: `plugin_${at}`, range: '^1.0.0' }))
    const none = { optionalDependencies: [], conflicts: [], provides: [], requires: [] }
    return { ...none, name: `plugin_${index}`, version: '1.2.3', dependencies: needed }
  })

  const bench = new Bench({ time: isQuick ? 200 : 1000, warmupTime: 200 })
  bench
    .add('metadata.get, with an overlay', () => {
      for (const name of names) use(metadata.get('object', name))
    })
    .add('metadata.list, with an overlay', () => {
      for (let call = 0; call < CALLS; call++) use(metadata.list('object'))
    })
    .add('a package of 10 definitions comes and goes, among 5,000', () => {
      metadata.registerPackage('new', ten)
      use(metadata.unregisterPackage('new'))
    })
    .add('event that nobody hears', () => {
      for (let call = 0; call < CALLS; call++) nobody.emit('record.created.account', payload as never)
    })
    .add('event, 5 listeners', () => {
      for (let call = 0; call < CALLS; call++) bus.emit('record.created.account', payload as never)
    })
    .add('event, 5 listeners to patterns', () => {
      for (let call = 0; call < CALLS; call++) patterns.emit('record.created.account', payload as never)
    })
    .add('event, 5 listeners, EventEmitter of Node', () => {
      for (let call = 0; call < CALLS; call++) emitter.emit('record.created.account', payload)
    })
    .add('resolve 2,000 plugins', () => use(resolvePlugins(plugins, { satisfies: (version, range) => satisfies(version, range) })))
    .add('boot 10 plugins', () => boot(10))
    .add('boot 200 plugins', () => boot(200))
  await bench.run()

  const targets: Readonly<Record<string, number>> = { 'metadata.get, with an overlay': 0.1, 'metadata.list, with an overlay': 0.2 }
  const rows = bench.tasks.map(({ name, result }): Row => {
    const calls = CALLS_OF[name] ?? CALLS
    const value = result.state === 'completed' ? (result.latency.p50 * 1000) / calls : Number.NaN
    const target = targets[name]
    return { name, value, unit: 'µs', ...(target === undefined ? {} : { target }) }
  })
  if (heard === 0) throw new Error('Nobody heard anything.')
  return [...rows, ...(await savedPlugins()), ...(await cacheCosts())]
}

/** A plugin that is saved while `objectql dev` runs on 50 objects. */
async function savedPlugins(): Promise<readonly Row[]> {
  const rows: Row[] = []
  for (const isHot of [true, false]) {
    const app = tempFolder('dev')
    generateApp(app, 50)
    const latencies = await devLatencies(app, isQuick ? 8 : 20, isHot)
    const where = isHot ? 'in the same process' : 'in another process'
    rows.push(
      {
        name: `dev: a plugin saved → answers, ${where}`,
        value: median(latencies.map(({ saved }) => saved)),
        unit: 'ms',
        note: 'compiled first',
      },
      { name: `dev: a plugin compiled → live, ${where}`, value: median(latencies.map(({ live }) => live)), unit: 'ms' },
    )
  }
  return rows
}

/** Installs, starts and stops plugins that do nothing, ten in a row of groups of ten. */
async function boot(count: number): Promise<void> {
  const names = Array.from({ length: count }, (_, index) => `plugin_${index}`)
  const phase: NonNullable<KernelPlan['install']> = async ({ call, together }) => {
    for (let at = 0; at < names.length; at += 10) await together(...names.slice(at, at + 10).map((name) => call(name, () => undefined)))
  }
  const plan: KernelPlan = { plugins: names.map((name) => ({ name })), install: phase, start: phase, stop: phase }
  const events = createEventBus({ onError: () => undefined })
  const kernel = createPluginKernel(
    plan,
    { events, unregisterHooks: () => 0, unregisterActions: () => 0 } as unknown as App,
    createMetadata(createRegistry([])),
  )
  await kernel.start()
  await kernel.stop()
}

function use(value: unknown): void {
  if (value === Symbol.iterator) throw new Error('Never.')
}
