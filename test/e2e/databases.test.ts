import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AppIr, ObjectIr } from '../../compiler/ir/object.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { type RunningServer, serve } from '../../runtime-lite/rest/serve.ts'
import { compiledApp, sampleApp } from '../support/compiled-apps.ts'
import { docsPage, examplesOf, runExamples } from '../support/docs-examples.ts'
import { edgeValues } from '../support/edge-values.ts'
import { emittedApp, type RunningApp, startedApp } from '../support/running-app.ts'
import { plainFields } from '../support/sample-values.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

// The sample application on every database: what clients see does not depend on it. SQLite in memory is the first, and the others answer as it did.

/** Answers by what was asked, so that a difference names the call. */
type Transcript = Map<string, unknown>

let ir: AppIr
let folder: string
const first = new Map<string, Transcript>()

beforeAll(async () => {
  ir = await compiledApp(sampleApp)
  folder = await emittedApp(ir, { dialects: ['sqlite', 'postgres', 'mysql'] })
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.for(allSources())('the sample application on $name', ({ name, isThere, open }) => {
  let source: OpenSource
  let running: RunningApp
  let server: RunningServer
  const bugs: unknown[] = []
  const it = test.skipIf(!isThere)

  beforeAll(async () => {
    if (!isThere) return
    source = await open('e2e')
    running = await startedApp(folder, { datasource: source.datasource, onError: (error) => bugs.push(error) })
    server = await serve(running.app as App, { port: 0 })
  }, 120_000)
  afterAll(async () => {
    if (!isThere) return
    await server.close()
    await running.app.close()
    await source.close()
  })

  const ask = async (seen: Transcript, method: string, target: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await running.request(target, { method, headers, ...(body === undefined ? {} : { body }) })
    seen.set(`${seen.size + 1}. ${method} ${target} ${JSON.stringify(body ?? null).slice(0, 300)}`, [answer.status, steady(answer.json)])
    return answer
  }
  const sameAsFirst = (what: string, seen: Transcript): void => {
    const wanted = first.get(what)
    if (wanted) {
      expect([...seen.keys()]).toEqual([...wanted.keys()])
      for (const [asked, answer] of seen) expect({ asked, answer }).toEqual({ asked, answer: wanted.get(asked) })
    } else first.set(what, seen)
    expect(bugs).toEqual([])
  }

  it('writes its seeds once', { timeout: 60_000 }, async () => {
    const count = ir.seeds.reduce((sum, { records }) => sum + records.length, 0)
    expect(await running.app.seed()).toEqual({ inserted: count, updated: 0, skipped: 0, dangling: [] })
    expect(await running.app.seed()).toEqual({ inserted: 0, updated: 0, skipped: count, dangling: [] })
  })

  // Before the other page, which changes records.
  it('answers the examples of docs/queries.md', { timeout: 60_000 }, async () => {
    await runExamples(examplesOf(httpOnly(docsPage('queries.md'))), server.port)
  })

  it('finds short words and stop words, with any operator', async () => {
    const ticket = running.app.objects['ticket']!
    const { items } = await ticket.find({ select: ['subject', 'description'], limit: 100 })
    const wordsOf = (text: string): readonly string[] => text.toLowerCase().split(/[\0-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+/)
    let found = 0
    for (const query of ['on', 'the', 'at', 'is a', 'on mast', 'low on', 'the gauge', 'xy', 'zz gauge', '17'])
      for (const operator of ['and', 'or'] as const) {
        const expected = items.filter((item) => {
          const words = new Set(Object.values(item).flatMap((text) => (typeof text === 'string' ? wordsOf(text) : [])))
          const wanted = query.split(' ')
          return operator === 'and' ? wanted.every((word) => words.has(word)) : wanted.some((word) => words.has(word))
        })
        const page = await ticket.find({ search: { query, operator }, select: ['subject', 'description'], limit: 100 })
        expect(page.items.map((item) => item['subject']).sort(), `${query} ${operator}`).toEqual(
          expected.map((item) => item['subject']).sort(),
        )
        found += expected.length
      }
    expect(found).toBeGreaterThan(20)
  })

  it('refuses vectors of another length and takes big integers', async () => {
    const article = running.app.objects['article']!
    await expect(article.find({ where: { embedding: { $similar: { to: [1, 2], minScore: 0 } } } })).rejects.toMatchObject({
      status: 400,
      errors: [{ parameter: 'where.embedding.$similar.to' }],
    })
    const { status, json } = await running.request("/api/article?$orderby=vector.cosine(embedding,'[1,2,3,4]')")
    expect([status, json.errors[0].position]).toEqual([400, expect.any(Number)])
    const account = running.app.objects['account']!
    // A result that no double holds is no value, or refused.
    const beyond = await running.request('/api/account?$filter=employees mul 1e308 mul 1e308 gt 0')
    expect([beyond.status, beyond.json.items]).toEqual(/sqlite/i.test(name) ? [200, expect.any(Array)] : [400, undefined])
    const where = (value: unknown) => ({ where: { employees: value } })
    const { items } = await account.find(where({ $gte: 410n }))
    expect(items.length).toBeGreaterThan(1)
    expect(await account.count(where({ $gte: 410n }))).toBe(items.length)
    expect(await account.count(where({ $in: [410n, 2n ** 62n] }))).toBe(1)
    expect(await account.count(where({ $lt: 2n ** 62n }))).toBe(await account.count(where({ $ne: null })))
    expect(await account.count(where(2n ** 62n))).toBe(0)
  })

  it('answers the examples of docs/rest.md', { timeout: 60_000 }, async () => {
    await runExamples(examplesOf(docsPage('rest.md')), server.port)
  })

  it('keeps every field of every object: absent, null, and values at the limits', { timeout: 120_000 }, async () => {
    const seen: Transcript = new Map()
    for (const object of ir.objects.filter(({ methods }) => methods.includes('create'))) await keepFields(object, seen)
    expect([...seen.values()].filter((answer) => (answer as readonly number[])[0] === 200).length).toBeGreaterThan(500)
    sameAsFirst('fields', seen)
  })

  async function keepFields(object: ObjectIr, seen: Transcript): Promise<void> {
    const base = `/api/${encodeURIComponent(object.name)}`
    const fields = plainFields(object)
    // Whatever is refused is refused everywhere.
    await ask(seen, 'POST', base, { id: 'edge-empty' })
    const required: RawRecord = { id: 'edge' }
    for (const field of object.fields)
      if (field.isRequired && field.default === undefined) required[field.name] = requiredValue(object, field.name)
    const created = await ask(seen, 'POST', base, required)
    if (created.status !== 201) return
    const nulls = Object.fromEntries(fields.filter((field) => !field.isRequired).map((field) => [field.name, null]))
    await ask(seen, 'PATCH', `${base}/edge`, nulls)
    for (const field of fields)
      for (const value of edgeValues(field)) {
        const changed = await ask(seen, 'PATCH', `${base}/edge`, { [field.name]: value })
        if (changed.status >= 300) continue
        const read = await ask(seen, 'GET', `${base}/edge?$select=id,${encodeURIComponent(field.name)}`)
        expect(read.status === 200 ? read.json[field.name] : undefined).toEqual(read.status === 200 ? changed.json[field.name] : undefined)
      }
  }

  it('refuses with the same words and places what is taken, lost, in use, stale or does not fit', { timeout: 60_000 }, async () => {
    const seen: Transcript = new Map()
    const call = (method: string, target: string, body?: unknown, headers?: Record<string, string>) =>
      ask(seen, method, target, body, headers)
    const [base, areas, people] = ['/api/team', '/api/territory', '/api/user']
    const made = await call('POST', base, { id: 'p1', name: 'One', mailbox: 'one@example.com' })
    await call('POST', base, { id: 'p1', name: 'Other', mailbox: 'other@example.com' })
    await call('POST', base, { id: 'p2', name: 'One', mailbox: 'two@example.com' })
    await call('POST', base, { id: 'p2', name: 'Two', mailbox: 'two@example.com', lead: 'nobody' })
    await call('POST', base, { id: 'p2', name: 'x'.repeat(61), mailbox: 5, founded_on: '2023-02-29', odd: 1 })
    await call('POST', base, { id: 'p2', name: 'one', mailbox: 'two@example.com' })
    await call('PATCH', `${base}/p2`, { name: 'One' })
    await call('PATCH', `${base}/p2`, { lead: 'nobody', name: 'Two' })
    await call('PATCH', `${base}/gone`, { name: 'Three' })
    await call('PATCH', `${base}/p1`, { purpose: 'first' }, { 'if-match': made.headers.get('etag') ?? '' })
    await call('PATCH', `${base}/p1`, { purpose: 'second' }, { 'if-match': made.headers.get('etag') ?? '' })
    await call('DELETE', `${base}/p1`, undefined, { 'if-match': made.headers.get('etag') ?? '' })
    await call('GET', `${base}/p1`)
    await call('POST', areas, { id: 'north', name: 'North', code: 'NO-N' })
    await call('POST', areas, { id: 'fjord', name: 'Fjord', code: 'NO-F', parent: 'north' })
    await call('DELETE', `${areas}/north`)
    const parents = { where: { id: { $in: ['north', 'fjord'] } } }
    await call('POST', `${areas}/deleteMany`, { where: { id: 'north' } })
    const rows = ['Three', 'Four', 'Five', 'One', 'Six'].map((name) => ({ id: `m-${name}`, name, mailbox: `${name}@example.com` }))
    await call('POST', `${base}/createMany`, rows)
    await call('POST', `${base}/createMany`, { records: rows, atomic: false })
    // Where several keys are taken, databases name any of them.
    const lost = ['Seven', 'Eight'].map((name) => ({
      id: `m-${name}`,
      name,
      mailbox: `${name}@example.com`,
      lead: name === 'Eight' ? 'nobody' : null,
    }))
    await call('POST', `${base}/createMany`, lost)
    await call('POST', `${base}/upsert`, { record: { name: 'One', purpose: 'by name' } })
    await call('POST', `${base}/upsert`, { record: { name: 'One', purpose: 'by name' }, on: ['name'] })
    await call('POST', `${base}/updateMany`, { where: { id: { $in: ['p1', 'p2'] } }, data: { name: 'Same' } })
    await call('POST', `${base}/updateMany`, { where: { id: { $in: ['p1', 'p2'] } }, data: { lead: 'nobody' } })
    await call('POST', `${base}/updateMany`, { where: {}, data: { purpose: 'all' }, maxAffected: 1 })
    await call('POST', people, {
      id: 'nested',
      name: 'N',
      email: 'n@example.com',
      team: { create: { name: 'One', mailbox: 'n@example.com' } },
    })
    await call('GET', `${people}/nested`)
    await call('POST', `${areas}/deleteMany`, parents)
    await call('GET', `${base}?$orderby=name&$top=5&$count=true`)
    await call('GET', `${base}?$filter=name eq 5 and`)
    const statuses = [...seen.values()].map((answer) => (answer as readonly number[])[0])
    expect(Object.groupBy(statuses, String)).toMatchObject({ 200: {}, 201: {}, 207: {}, 400: {}, 404: {}, 409: {}, 412: {}, 422: {} })
    sameAsFirst('problems', seen)
  })

  it('stores U+0000, or refuses it at its place', async () => {
    for (const body of [{ id: 'nul', name: 'a\u0000b', mailbox: 'nul@example.com' }]) {
      const { status, json } = await running.request('/api/team', { method: 'POST', body })
      if (status === 422) expect(json.errors).toMatchObject([{ pointer: '/name' }])
      else expect([status, json.name]).toEqual([201, body.name])
    }
    const found = await running.request(`/api/team?$filter=${encodeURIComponent("name eq 'a\0b'")}`)
    expect(found.status).toSatisfy((status) => status === 200 || status === 400)
    expect(bugs).toEqual([])
  })

  it('serves many at once, and every answer counts', { timeout: 60_000 }, async () => {
    const statuses = await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const send = (method: string, path: string, body?: unknown) => running.request(`/api/team${path}`, { method, body })
        const created = await send('POST', '', { id: `many${index}`, name: `Many ${index}`, mailbox: `many${index}@example.com` })
        const patched = await send('PATCH', `/many${index}`, { purpose: 'changed' })
        const taken = await send('PATCH', '/many0', { name: `Many ${index}` })
        const removed = await send('DELETE', `/many${index}`)
        return [created.status, patched.status, taken.status === 500, removed.status]
      }),
    )
    // The first one is changed by all, so that it may be gone, or taken.
    for (const status of statuses.slice(1)) expect(status).toEqual([201, 200, false, 204])
    expect(await running.app.objects['team']!.count({ where: { id: { $startsWith: 'many' } } })).toBe(0)
    expect(bugs).toEqual([])
  })

  const requiredValue = (object: ObjectIr, fieldName: string): unknown => {
    const field = object.fields.find((one) => one.name === fieldName)
    if (!field) return undefined
    if (field.reference?.object === undefined) return edgeValues(field)[0]
    const target = ir.seeds.find((seed) => seed.object === field.reference?.object)?.records.find((record) => record['id'] !== undefined)
    return field.isList ? [target?.['id']] : target?.['id']
  }
})

/** The page without other forms of its calls, every line where it was. */
const httpOnly = (page: string): string => page.replaceAll(/^```(?:ts|yaml)\n[\s\S]*?^```$/gm, (block) => block.replaceAll(/[^\n]/g, ''))

const DAY = 86_400_000

/** What differs between two runs on the same database, too. */
function steady(json: unknown): unknown {
  if (json === undefined) return undefined
  const text = JSON.stringify(json)
    .replaceAll(/"next_cursor":"[^"]+"/g, '"next_cursor":"…"')
    .replaceAll(/"(\d{4}-\d\d-\d\dT[\d:.]+Z)"/g, (quoted, instant: string) =>
      Math.abs(Date.parse(instant) - Date.now()) < DAY ? '"<now>"' : quoted,
    )
  return JSON.parse(text)
}
