import { inspect, isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import type { QueryOptions } from '../../runtime-lite/app/object-api.ts'
import { filledWorld } from '../support/filled-world.ts'
import { interpretQuery, type QueryCase, type Row, type World } from '../support/interpret-query.ts'
import { appIr } from '../support/ir.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { randomQuery } from '../support/random-query.ts'
import { randomObjects } from '../support/random-world.ts'
import { answerOf, type RunningApp, runningApp } from '../support/running-app.ts'
import { expandValue, infix, objectDialect, orderBy, queryString } from '../support/write-query.ts'

const QUERIES_PER_APP = 250

test('the running application agrees with the interpreter', async () => {
  const seed = testSeed()
  const cases = Number(process.env['OBJECTQL_CASES'] ?? 10_000)
  console.log(`queries: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${cases}`)
  const generator = random(seed)
  let found = 0
  let empty = 0
  for (let done = 0; done < cases; ) {
    const objects = randomObjects(generator)
    // A name with a dot counts as a path of two levels.
    const app = await runningApp(appIr(objects), { api: { maxUrlBytes: 200_000, maxExpandDepth: 6 } })
    const rows = await filledWorld(generator, app, objects)
    const world: World = { objects: new Map(objects.map((object) => [object.name, object])), rows }
    for (let index = 0; index < QUERIES_PER_APP && done < cases; index++, done++) {
      const object = generator.pick(objects)
      const query = randomQuery(generator, world, object)
      const expected = interpretQuery(world, object.name, query)
      const target = `/api/${encodeURIComponent(object.name)}?${queryString(generator, query, object)}`
      const options = queryOptions(generator, query)
      const answers = await everyAnswer(app, object.name, target, options)
      for (const [path, answer] of Object.entries(answers)) {
        if (isDeepStrictEqual(answer, expected)) continue
        expect.fail(
          `Seed ${seed}, case ${done}, ${path}: ${target}\n${decodeURIComponent(target.replaceAll('+', ' '))}\n${inspect({ query, options }, { depth: 20 })}\n${difference(expected, answer)}`,
        )
      }
      if (generator.chance(0.2)) await checkCount(app, object.name, query, options, world)
      if (generator.chance(0.1)) await checkGet(generator, app, object.name, query, world)
      if (expected.items.length > 0) found++
      else empty++
    }
    await app.close()
  }
  // A generator whose conditions hold for nothing, or for everything, would prove little.
  expect(found).toBeGreaterThan(cases / 5)
  expect(empty).toBeGreaterThan(cases / 50)
}, 300_000)

/** Where two answers part, for the reader of a failure. */
function difference(expected: unknown, found: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(expected, found)) return undefined
  if (typeof expected !== 'object' || typeof found !== 'object' || expected === null || found === null)
    return `${path}: expected ${inspect(expected)}, found ${inspect(found)}`
  const keys = new Set([...Object.keys(expected), ...Object.keys(found)])
  for (const key of keys) {
    const inner = difference((expected as Row)[key], (found as Row)[key], `${path}/${key}`)
    if (inner !== undefined) return inner
  }
  return `${path}: expected ${inspect(expected)}, found ${inspect(found)}`
}

function queryOptions(generator: Random, { filter, sort, limit, offset, select, expand, withTotal }: QueryCase): QueryOptions {
  return {
    ...(filter ? { where: generator.chance(0.5) ? objectDialect(generator, filter) : infix(generator, filter) } : {}),
    ...(sort.length > 0 ? { orderBy: orderBy(generator, sort) } : {}),
    ...(limit === undefined ? {} : { limit }),
    ...(offset === undefined ? {} : { offset }),
    ...(select ? { select: generator.chance(0.5) ? select : Object.fromEntries(select.map((name) => [name, true])) } : {}),
    ...(expand.length > 0 ? { expand: expandValue(generator, expand) } : {}),
    ...(withTotal ? { count: true } : {}),
  }
}

async function everyAnswer(app: RunningApp, object: string, target: string, options: QueryOptions): Promise<Record<string, unknown>> {
  const core = await app.request(target)
  const fetched = await answerOf(await app.fetch(new Request(`http://localhost${target}`)))
  const inProcess = await app.app.objects[object]!.find(options).catch((error: unknown) => error)
  return { core: core.json, fetch: fetched.json, 'in process': inProcess }
}

async function checkCount(app: RunningApp, object: string, { filter }: QueryCase, { where }: QueryOptions, world: World): Promise<void> {
  const { total } = interpretQuery(world, object, { ...(filter ? { filter } : {}), sort: [], expand: [], withTotal: true })
  expect(await app.app.objects[object]!.count({ where })).toBe(total)
  const target = `/api/${encodeURIComponent(object)}/count${where === undefined ? '' : `?where=${encodeURIComponent(JSON.stringify(where))}`}`
  expect((await app.request(target)).json).toEqual({ count: total })
}

async function checkGet(generator: Random, app: RunningApp, object: string, { select, expand }: QueryCase, world: World): Promise<void> {
  const rows = world.rows.get(object)!
  const id = String(generator.pick(rows)['id'])
  const shape = { ...(select ? { select } : {}), expand, sort: [], withTotal: false }
  const filter = { kind: 'compare', field: 'id', operator: 'eq', value: id } as const
  const [expected] = interpretQuery(world, object, { ...shape, filter }).items
  const text = queryString(generator, shape, world.objects.get(object)!)
  const { json } = await app.request(
    `/api/${encodeURIComponent(object)}/${encodeURIComponent(id)}?${text.replaceAll(/(^|&)[^=&]*count=false/g, '')}`,
  )
  expect(json).toEqual(expected)
  expect(await app.app.objects[object]!.get(id, queryOptions(generator, shape))).toEqual(expected)
}
