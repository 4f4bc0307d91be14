import type { Cache, CacheStatistics } from '../../plugins/cache/cache.plugin.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledProject, compiledProject } from './compiled-project.ts'
import { type RunningApp, startedApp } from './running-app.ts'

const projects = new Map<string, CompiledProject>()
const opened: { close(): unknown }[] = []

/** Closes what a test has opened, the last first. */
export async function closeOpened(): Promise<void> {
  for (const one of opened.splice(0).toReversed()) await one.close()
}

export function removeProjects(): void {
  for (const project of projects.values()) project.remove()
  projects.clear()
}

/** Something that is closed behind the test. */
export function closing<Opened extends { close(): unknown }>(one: Opened): Opened {
  opened.push(one)
  return one
}

const PLUGINS = {
  'schemas/cache.plugin.ts': "export { default } from 'objectql/plugins/cache'\n",
  // What tests ask the cache itself.
  'schemas/ask.plugin.ts': `export default {
  name: 'ask',
  dependencies: ['cache'],
  start({ app, services }) { app.cache = services.get('cache') },
}
`,
} as const

/** A shop whose tables hang together in every way that a cache has to know of. */
const SHOP = {
  'schemas/maker.object.yml': `
name: maker
fields:
  name: { type: text, unique: true }
  products: { type: summary, summaryOperations: { object: product, function: count, relationshipField: maker } }
`,
  'schemas/product.object.yml': `
name: product
table_name: Stock Item
fields:
  name: { type: text, searchable: true }
  sku: { type: text, unique: true }
  price: { type: number }
  maker: { type: lookup, reference: maker, delete_behavior: set_null }
  maker_name: { type: formula, data_type: text, expression: maker.name }
`,
  'schemas/offer.object.yml': `
name: offer
fields:
  label: { type: text }
  product: { type: lookup, reference: product, delete_behavior: cascade }
  follows: { type: lookup, reference: offer, delete_behavior: cascade }
`,
  'schemas/note.object.yml': `
name: note
enable: { trash: true }
fields:
  body: { type: text }
  owner: { type: text }
`,
  'schemas/note.hook.ts': `
export default {
  object: 'note', events: ['beforeFind'],
  handler: (ctx) => { if (ctx.user) ctx.query = { ...ctx.query, where: { owner: ctx.user.id } } },
}
`,
  'schemas/deadline.object.yml': `
name: deadline
fields:
  due_on: { type: date }
  is_late: { type: formula, data_type: boolean, expression: { dialect: cel, source: "record.due_on < today()" } }
`,
} as const

/** `null`: without the cache. */
export async function compiledShop(config: object | null = {}): Promise<CompiledProject> {
  const key = JSON.stringify(config)
  const known = projects.get(key)
  if (known) return known
  const told = config === null ? {} : { plugins: { cache: config } }
  const project = await compiledProject({
    'objectql.config.json': JSON.stringify({ name: 'shop', dialects: ['sqlite', 'postgres', 'mysql'], ...told }),
    ...(config === null ? {} : PLUGINS),
    ...SHOP,
  })
  projects.set(key, project)
  const errors = project.diagnostics.filter(({ severity }) => severity !== 'info').map(({ code, message }) => `${code} ${message}`)
  if (!project.isOk || errors.length > 0) throw new Error(errors.join('\n'))
  return project
}

const NAMES = ['maker', 'product', 'offer', 'note', 'deadline'] as const

export type ShopObjects = Readonly<Record<(typeof NAMES)[number], ObjectApi>>

export interface ShopApp extends RunningApp {
  readonly objects: ShopObjects
}

export interface CachedApp extends ShopApp {
  readonly cache: Cache
  /** What work did to the cache, as far as it did something. */
  did(work: () => unknown): Promise<Partial<CacheStatistics>>
}

/** The same application without a cache. */
export async function uncached(options: AppOptions = {}): Promise<ShopApp> {
  const running = closing(await startedApp((await compiledShop(null)).output, options))
  return { ...running, objects: running.app.objects as unknown as ShopObjects }
}

export async function started(config: object = {}, options: AppOptions = {}): Promise<CachedApp> {
  const { output } = await compiledShop(config)
  const running = closing(await startedApp(output, options))
  const { cache } = running.app as unknown as { readonly cache: Cache }
  return {
    ...running,
    objects: running.app.objects as unknown as ShopObjects,
    cache,
    async did(work) {
      const before = cache.statistics()
      await work()
      const after = cache.statistics()
      const counts = ['hits', 'stale', 'misses', 'collapsed', 'bypassed'] as const
      return Object.fromEntries(counts.flatMap((name) => (after[name] === before[name] ? [] : [[name, after[name] - before[name]]])))
    },
  }
}
