import { inspect, isDeepStrictEqual } from 'node:util'
import { afterAll, expect, test, vi } from 'vitest'
import { resolveConfig } from '../../compiler/config/resolve-config.ts'
import type { Diagnostic } from '../../compiler/diagnostics/diagnostic.ts'
import type { NamedQueryIr } from '../../compiler/ir/object.ts'
import { planningScope } from '../../compiler/queries/plan-queries.ts'
import { planQuery } from '../../compiler/queries/plan-query.ts'
import { Span } from '../../compiler/source/span.ts'
import type { Page } from '../../runtime-lite/app/object-api.ts'
import { textOf } from '../../runtime-lite/app/object-values.ts'
import { createQueryStore } from '../../runtime-lite/object/query-store.ts'
import type { NamedQuery } from '../../runtime-lite/query/named/named-query.ts'
import { filledWorld } from '../support/filled-world.ts'
import { type Filter, interpretQuery, type World } from '../support/interpret-query.ts'
import { appIr } from '../support/ir.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { randomFilter } from '../support/random-query.ts'
import { randomObjects } from '../support/random-world.ts'
import { runningApp } from '../support/running-app.ts'

const QUERIES_PER_APP = 100

afterAll(() => {
  vi.useRealTimers()
})

test('named queries about the request agree with the interpreter', async () => {
  const seed = testSeed()
  const cases = Math.min(Number(process.env['OBJECTQL_CASES'] ?? 2_000), 2_000)
  console.log(`context queries: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${cases}`)
  const generator = random(seed)
  const told = { answered: 0, refused: 0, found: 0, tokens: 0 }
  for (let done = 0; done < cases; ) {
    const objects = randomObjects(generator)
    const ir = appIr(objects)
    const app = await runningApp(ir, { api: { maxExpandDepth: 6, maxPageSize: 1_000, defaultPageSize: 1_000 } })
    const rows = await filledWorld(generator, app, objects)
    const world: World = { objects: new Map(objects.map((object) => [object.name, object])), rows }
    const scope = planningScope(ir, resolveConfig({ databases: ['sqlite'] }, { folderName: 'test', exists: () => false }))
    const database = await app.core.database()
    for (let index = 0; index < QUERIES_PER_APP && done < cases; index++, done++) {
      const object = generator.pick(objects)
      const asked = withTokens(generator, randomFilter(generator, world, object, 2), object.fields)
      const query: NamedQueryIr = {
        name: 'asked',
        params: [],
        optional: [],
        document: { where: asked.where as never, limit: 1_000 },
        spans: {},
        span: Span.file('test.yml'),
      }
      const reported: Diagnostic[] = []
      const planned = planQuery(query, object.name, scope, (diagnostic) => reported.push(diagnostic))
      const about = (): string => `Seed ${seed}, case ${done}: ${inspect({ ...asked, reported }, { depth: 20 })}`
      if (!planned) {
        // One value cannot stand for two types.
        expect(
          reported.map(({ code }) => code),
          about(),
        ).toEqual(['plan/parameter-clash'])
        continue
      }
      const named = {
        params: Object.fromEntries(planned.params.map(({ name, ...param }) => [name, param])),
        document: query.document,
        ...planned.statements,
      } as unknown as NamedQuery
      const { plan } = await app.core.store(object.name)
      const store = createQueryStore({ ...plan, queries: { asked: named } }, database)
      vi.useFakeTimers({ now: new Date(asked.now), toFake: ['Date'] })
      const answer = await app.app.as(asked.user, async () => {
        try {
          return JSON.parse(textOf((await store.fromName('asked', {}))[0])) as Page
        } catch (error) {
          return error as Error & { status?: number }
        }
      })
      vi.useRealTimers()
      if (answer instanceof Error) {
        // A fraction for a whole number, a date that is none.
        expect((answer as { status?: number }).status, `${about()} ${answer.stack}`).toBe(403)
        told.refused++
        continue
      }
      const expected = interpretQuery(world, object.name, { filter: asked.filter, sort: [], expand: [], limit: 1_000, withTotal: false })
      if (!isDeepStrictEqual(answer.items, expected.items)) expect.fail(about())
      told.answered++
      told.tokens += planned.params.length
      if (answer.items.length > 0) told.found++
    }
    await app.close()
  }
  console.log(`context queries: ${inspect(told)}`)
  expect(told.answered).toBeGreaterThan(cases / 2)
  expect(told.tokens).toBeGreaterThan(cases / 2)
  expect(told.found).toBeGreaterThan(cases / 10)
}, 300_000)

interface Asked {
  /** With tokens. */
  readonly where: unknown
  /** What the tokens stand for. */
  readonly filter: Filter
  readonly user: { readonly id: string; readonly [name: string]: unknown }
  readonly now: string
}

const DOLLAR = {
  eq: '$eq',
  ne: '$ne',
  gt: '$gt',
  ge: '$gte',
  lt: '$lt',
  le: '$lte',
  contains: '$contains',
  startswith: '$startsWith',
  endswith: '$endsWith',
} as const

/** Takes values out of a filter and gives them to the user, or to the clock. */
function withTokens(
  generator: Random,
  given: Filter,
  fields: readonly { readonly name: string; readonly type: string; readonly isList: boolean }[],
): Asked {
  const user: { id: string; [name: string]: unknown } = { id: 'u' }
  const day = `20${10 + generator.below(30)}-0${1 + generator.below(9)}-1${generator.below(10)}`
  const now = `${day}T0${generator.below(10)}:30:00.000Z`
  const written = (value: unknown): unknown => {
    if (generator.chance(0.5)) return typeof value === 'string' && value.startsWith('$') ? `$${value}` : value
    const name = `v${Object.keys(user).length}`
    user[name] = value
    return generator.chance(0.5) ? `$current_user.${name}` : `$user.${name}`
  }
  const keyed = (key: string, value: unknown): object => Object.fromEntries([[key, value]])
  function visit(filter: Filter): { readonly where: unknown; readonly filter: Filter } {
    switch (filter.kind) {
      case 'and':
      case 'or': {
        const parts = filter.parts.map(visit)
        return {
          where: { [`$${filter.kind}`]: parts.map(({ where }) => where) },
          filter: { ...filter, parts: parts.map((part) => part.filter) },
        }
      }
      case 'not': {
        const part = visit(filter.part)
        return { where: { $not: part.where }, filter: { ...filter, part: part.filter } }
      }
      case 'null':
        return { where: [filter.field, filter.isNull ? '=' : '!=', null], filter }
      case 'in': {
        const isWhole = generator.chance(0.5)
        return { where: [filter.field, 'in', isWhole ? writtenList(filter.values) : filter.values.map(written)], filter }
      }
      default: {
        const type = fields.find(({ name }) => name === filter.field && !name.includes('.'))
        const moment = type?.type === 'date' && !type.isList ? day : type?.type === 'datetime' && !type.isList ? now : undefined
        if (filter.kind === 'compare' && moment !== undefined && generator.chance(0.5)) {
          const token = type?.type === 'date' ? generator.pick(['$today', '$now']) : '$now'
          return { where: leaf(filter.field, DOLLAR[filter.operator], token), filter: { ...filter, value: moment } }
        }
        return { where: leaf(filter.field, DOLLAR[filter.operator], written(filter.value)), filter }
      }
    }
  }
  function writtenList(values: readonly unknown[]): unknown {
    const name = `v${Object.keys(user).length}`
    user[name] = values
    return `$current_user.${name}`
  }
  // A key that starts with $ is an operator.
  const leaf = (field: string, operator: string, value: unknown): unknown =>
    field.startsWith('$') ? [field, operator, value] : keyed(field, { [operator]: value })
  return { ...visit(given), user, now }
}
