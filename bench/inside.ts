import { LRUCache } from 'lru-cache'
import { Bench } from 'tinybench'
import { plan } from '../generated/plans/account.ts'
import { decodeLiteral, scanUrl } from '../runtime-lite/query/parse/scan-url.ts'
import { parseUrlQuery } from '../runtime-lite/query/parse/url-query.ts'
import { QueryPlanCompiler } from '../runtime-lite/query/planner.ts'
import { sqliteDialect } from '../runtime-lite/query/print/sqlite.ts'
import { createShapeCache } from '../runtime-lite/query/shape-cache.ts'
import { createRegistry } from '../runtime-lite/registry.ts'
import type { Row } from './row.ts'
import { objectName } from './support/generate-app.ts'
import { isQuick } from './support/options.ts'
import { mapRouter, switchRouter } from './support/switch-router.ts'

const CALLS = 1000
const LIMITS = { maxFilterDepth: 32, maxPageSize: 1000, defaultPageSize: 50, maxExpandDepth: 3, maxUrlBytes: 8192, maxBodyBytes: 1_048_576 }
const WORDS = ['status', 'health', 'employees', 'founded_on', 'name', 'email', 'phone', 'website', 'annual_revenue', 'credit_limit']

const MAP_ROUTE = 'route look-up of 500 objects, map'
const SWITCH_ROUTE = 'route look-up of 500 objects, switch'

/** What happens inside the process: look-ups in the registry of a 500-object application, from a URL to an object and to a planned query. */
export async function run(): Promise<readonly Row[]> {
  const registry = createRegistry(
    Array.from({ length: 500 }, (_, index) => ({
      type: 'object',
      name: `object_${index}`,
      tags: [`tag_${index % 50}`],
      package: `package_${index % 10}`,
    })),
  )
  const names = Array.from({ length: CALLS }, (_, index) => `object_${(index * 7) % 500}`)
  const tags = Array.from({ length: CALLS }, (_, index) => `tag_${index % 50}`)

  const known = createShapeCache<object>(1000)
  const urls = Array.from({ length: CALLS }, (_, index) => {
    const filter = encodeURIComponent(`status eq 'active' and ${WORDS[index % 3 === 0 ? 1 : 2]} gt ${index}`)
    return `/api/account?$filter=${filter}&$orderby=created_at%20desc&$top=20`
  })
  const start = '/api/account?'.length
  for (const url of urls) known.set(scanUrl(url, start).key, plan)
  const leastRecent = new LRUCache<string, object>({ max: 1000 })
  for (const url of urls) leastRecent.set(scanUrl(url, start).key, plan)
  const newKeys = Array.from({ length: CALLS * 10 }, (_, index) => `account\0list?new=${index}`)
  const shapes = WORDS.flatMap((left) =>
    WORDS.map((right) => `$filter=${left}%20ne%20null%20and%20${right}%20eq%20null&$orderby=${left}&$top=20`),
  )

  const paths = Array.from({ length: CALLS }, (_, index) => `/api/${objectName((index * 7) % 500)}/${index}`)
  const objects = Array.from({ length: 500 }, (_, index) => objectName(index))
  const byMap = mapRouter(objects)
  const bySwitch = switchRouter(objects)
  if (paths.some((path) => byMap(path, 5) < 0 || byMap(path, 5) !== bySwitch(path, 5))) throw new Error('The routers disagree.')

  const compiler = new QueryPlanCompiler({ dialect: sqliteDialect, limits: LIMITS, loadedPlan: () => plan })
  const ours = createShapeCache<object>(1000)
  const theirs = new LRUCache<string, object>({ max: 1000 })
  let next = 0
  const bench = new Bench({ time: isQuick ? 200 : 1000, warmupTime: 200 })
  bench
    .add('registry.get(type, name)', () => {
      for (const name of names) use(registry.get('object', name))
    })
    .add('registry.list(type)', () => {
      for (let call = 0; call < CALLS; call++) use(registry.list('object'))
    })
    .add('registry.findByTag(tag)', () => {
      for (const tag of tags) use(registry.findByTag(tag))
    })
    .add('known query shape: URL to plan and values', () => {
      for (const url of urls) {
        const { key, literals } = scanUrl(url, start)
        use(known.get(key))
        for (const literal of literals) use(decodeLiteral(literal, '$filter'))
      }
    })
    .add('the same key in our cache', () => {
      for (const url of urls) use(known.get(scanUrl(url, start).key))
    })
    .add('the same key in lru-cache', () => {
      for (const url of urls) use(leastRecent.get(scanUrl(url, start).key))
    })
    .add('new key: our cache', () => {
      for (let call = 0; call < CALLS; call++) ours.set(newKeys[next++ % newKeys.length] ?? '', plan)
    })
    .add('new key: lru-cache', () => {
      for (let call = 0; call < CALLS; call++) theirs.set(newKeys[next++ % newKeys.length] ?? '', plan)
    })
    .add('new query shape: URL to SQL', () => {
      for (let call = 0; call < CALLS; call++) {
        const { query } = parseUrlQuery(scanUrl(shapes[call % shapes.length] ?? '', 0), LIMITS)
        use(compiler.compile('list', plan, query))
      }
    })
    .add(MAP_ROUTE, () => {
      for (const path of paths) use(byMap(path, 5))
    })
    .add(SWITCH_ROUTE, () => {
      for (const path of paths) use(bySwitch(path, 5))
    })
  await bench.run()

  const targets: Readonly<Record<string, number>> = {
    'registry.get(type, name)': 0.1,
    'registry.list(type)': 0.2,
    'registry.findByTag(tag)': 0.2,
    'known query shape: URL to plan and values': 1,
    'new query shape: URL to SQL': 100,
  }
  const rows = bench.tasks.map(({ name, result }): Row => {
    const value = result.state === 'completed' ? (result.latency.p50 * 1000) / CALLS : Number.NaN
    const target = targets[name]
    return { name, value, unit: 'µs', ...(target === undefined ? {} : { target }) }
  })
  const timeOf = (name: string): number => rows.find((row) => row.name === name)?.value ?? Number.NaN
  return [
    ...rows,
    {
      name: 'route look-up, map against switch',
      value: timeOf(MAP_ROUTE) / timeOf(SWITCH_ROUTE),
      unit: '×',
      note: 'time; below 1 the map is faster',
    },
  ]
}

let sink: unknown
/** Keeps the engine from dropping a call whose result nobody reads. */
const use = (value: unknown): void => {
  sink = value
}
export const lastUsed = (): unknown => sink
