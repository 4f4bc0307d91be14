import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources } from '../support/sources.ts'
import { VALIDATOR_SCHEMAS } from '../support/validators/validator-schemas.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `validators-${process.pid}`)

let asked: string[]

beforeAll(async () => {
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  for (const [name, text] of Object.entries(VALIDATOR_SCHEMAS)) writeFileSync(join(FOLDER, 'schemas', name), text.trimStart())
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  const { isOk, diagnostics } = await compile({ cwd: FOLDER })
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
    'rule/registered-validator The rule "odd" asks "odd_names", which the program has to register: app.registerValidator().',
  ])
  expect(isOk).toBe(true)
  asked = ((await import(join(FOLDER, 'schemas', 'account.validator.ts'))) as { asked: string[] }).asked
}, 60_000)
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

const started = (datasource: unknown, options: object = {}): Promise<RunningApp> =>
  startedApp(join(FOLDER, 'generated'), { datasource, migrate: true, ...options } as never)

describe.each(allSources())('rules that ask functions on $name', ({ isThere, open }) => {
  test.runIf(isThere)('hold for every kind of write', { timeout: 120_000 }, async () => {
    const source = await open('validators')
    const reported: unknown[] = []
    const app = await started(source.datasource, { validators: { timeout: 400 }, onError: (error: unknown) => reported.push(error) })
    app.app.registerValidator('odd_names', ({ value, record }) => value === undefined && !String(record['name']).startsWith('odd'))
    try {
      await exercise(app, reported)
    } finally {
      await app.close()
      await source.close()
    }
  })
})

/** Answers of requests, told in one line each. */
function teller({ request }: RunningApp) {
  const send = (method: string, target: string, body?: unknown, headers: Record<string, string> = {}) =>
    request(`/api${target}`, { method, headers, ...(body === undefined ? {} : { body }) })
  const told = async (method: string, target: string, body?: unknown, headers: Record<string, string> = {}): Promise<unknown[]> => {
    const { status, json } = await send(method, target, body, headers)
    const issues = (json?.errors ?? []) as { pointer: string; code: string; message: string }[]
    const warnings = (json?.['@warnings'] ?? []) as { rule: string; message: string }[]
    return [
      status,
      ...issues.map(({ pointer, code, message }) => `${pointer.replace(/^\/(?:data|records)(?=\/|$)/, '')} ${code} ${message}`),
      ...warnings.map(({ rule, message }) => `${rule}: ${message}`),
      ...(status >= 500 ? [json.code, json.detail] : []),
    ]
  }
  return { send, told }
}

async function exercise(app: RunningApp, reported: unknown[]): Promise<void> {
  asked.splice(0)
  const { send, told } = teller(app)
  const names = async (): Promise<string[]> =>
    ((await send('GET', '/account?sort=name')).json.items as { name: string }[]).map(({ name }) => name)
  await send('POST', '/region', { id: 'small', name: 'Small', limit: 10 })

  // Nobody is asked about what is wrong by itself.
  expect(await told('POST', '/account', { vat: 'FR1', country: 'DE' })).toEqual([422, '/name has_name A name is needed.'])
  expect(asked.splice(0)).toEqual([])

  // Create: conditions, messages by language, priorities, values of the answer.
  expect(await told('POST', '/account', { id: 'a', name: 'A', vat: 'DE1', country: 'DE' })).toEqual([201])
  expect(asked.splice(0).sort()).toEqual(['vat_is_known create vat DE1 DE1  false', 'withinLimit create A'])
  expect(await told('POST', '/account', { name: 'B', vat: 'FR1', country: 'FR' })).toEqual([201])
  expect(asked.splice(0)).toEqual(['withinLimit create B'])
  expect(await told('POST', '/account', { name: 'C', vat: 'XX', country: 'DE', amount: 101 }, { 'accept-language': 'de' })).toEqual([
    422,
    ' within_limit 101 is above 100.',
    '/vat VAT XX ist nicht bekannt.',
  ])
  expect(await told('POST', '/account', { name: 'C', amount: 11, region: 'small' })).toEqual([422, ' within_limit 11 is above 10.'])
  expect(await told('POST', '/account', { id: 'odd', name: 'odd one' })).toEqual([201, 'odd: odd one is an odd name.'])
  expect(await told('POST', '/account', { name: 'says' })).toEqual([422, ' within_limit In its own words, {{name}}.'])
  expect(await told('POST', '/account', { name: 'refuses' })).toEqual([422, ' within_limit Not this one.'])

  // Answers that nobody understands, bugs, changes of the record, and those who take too long let nothing pass.
  expect(reported).toEqual([])
  for (const name of ['fails', 'odd answer', 'changes'])
    expect(await told('POST', '/account', { name })).toEqual([500, 'INTERNAL_ERROR', expect.any(String)])
  expect(reported.splice(0).map(String)).toEqual([
    'TypeError: A bug.',
    'TypeError: The validator of "within_limit" answered with neither a boolean, a message nor { valid, message?, params? }.',
    expect.stringMatching(/^TypeError: Cannot assign to read only property 'name'/),
  ])
  expect(await told('POST', '/account', { name: 'slow' })).toEqual([
    503,
    'TIMEOUT',
    'The rule "within_limit" could not be asked in time. Nothing was written; try again.',
  ])
  expect(await names()).toEqual(['A', 'B', 'odd one'])
  asked.splice(0)

  // Update: only where a field that matters gets another value, with the record as it will be.
  expect(await told('PATCH', '/account/a', { vat: 'DE1', amount: 6 })).toEqual([200])
  expect(asked.splice(0)).toEqual(['withinLimit update A'])
  expect(await told('PATCH', '/account/a', { vat: 'XX' })).toEqual([422, '/vat VAT XX is not known.'])
  expect(asked.splice(0).sort()).toEqual(['vat_is_known update vat XX XX DE1 false', 'withinLimit update A'])
  expect(await told('PATCH', '/account/a', { amount: { $inc: 200 } })).toEqual([422, ' within_limit 206 is above 100.'])
  expect(await told('PATCH', '/account/odd', { name: 'odd two', amount: 7 })).toEqual([200, 'odd: odd two is an odd name.'])
  expect(await told('PATCH', '/account/odd', { amount: 8 })).toEqual([200])
  expect(await told('PATCH', '/account/gone', { vat: 'XX' })).toEqual([404])

  // Nested, bulk, upserts, all or none.
  expect(await told('POST', '/note', { text: 'darn', account: 'a' })).toEqual([422, ' polite Please.'])
  expect(await told('POST', '/account', { id: 'n', name: 'N', notes: { create: [{ text: 'good' }, { text: 'darn it' }] } })).toEqual([
    422,
    '/notes/create/1 polite Please.',
  ])
  expect(await told('PATCH', '/account/a', { name: 'A2', notes: { create: [{ text: 'darn' }] } })).toEqual([
    422,
    '/notes/create/0 polite Please.',
  ])
  expect(await told('POST', '/account/createMany', [{ name: 'one' }, { name: 'two', amount: 300 }, { name: 'odd' }])).toEqual([
    422,
    '/1 within_limit 300 is above 100.',
  ])
  expect(await names()).toEqual(['A', 'B', 'odd two'])
  expect(
    await told('POST', '/account/createMany', [{ name: 'one' }, { name: 'two' }, { name: 'odd' }, { name: 'u' }, { name: 'v' }]),
  ).toEqual([201])
  asked.splice(0)
  expect(await told('POST', '/account/updateMany', { where: { name: { $in: ['one', 'two'] } }, data: { amount: 101 } })).toEqual([
    422,
    ' within_limit 101 is above 100.',
  ])
  expect(asked.splice(0).sort()).toEqual(['withinLimit update one', 'withinLimit update two'])
  expect(await told('POST', '/account/updateMany', { where: { name: { $in: ['one', 'two'] } }, data: { amount: { $mul: 100 } } })).toEqual([
    422,
    ' within_limit 500 is above 100.',
  ])
  expect(await told('POST', '/account/updateMany', { where: { name: { $in: ['one', 'two'] } }, data: { amount: 99 } })).toEqual([200])
  expect(await told('POST', '/account/upsert', { data: { id: 'a', amount: 1000 } })).toEqual([422, ' within_limit 1000 is above 100.'])
  expect(await told('POST', '/account/upsert', { data: { id: 'w', name: 'writes' } })).toEqual([201])
  expect((await send('GET', '/region/of-w')).json.name).toBe('written')

  // What a function wrote goes with the write.
  expect(await told('POST', '/account', { id: 'w2', name: 'writes', vat: 'no', country: 'DE' })).toEqual([422, '/vat VAT no is not known.'])
  expect((await send('GET', '/region/of-w2')).status).toBe(404)

  // Deletions.
  expect(await told('POST', '/account', { id: 's', name: 'stays' })).toEqual([201])
  asked.splice(0)
  expect(await told('DELETE', '/account/s')).toEqual([422, ' kept stays stays.'])
  expect(await told('POST', '/account/deleteMany', { where: { name: { $in: ['stays', 'one'] } } })).toEqual([422, ' kept stays stays.'])
  expect(asked.splice(0).sort()).toEqual(['mayGo delete false stays', 'mayGo delete true one', 'mayGo delete true stays'])
  expect(await told('DELETE', '/account/w')).toEqual([204])
  expect(reported).toEqual([])

  // In process, and inside of a transaction that is open: what it wrote is seen.
  await app.app.transaction(async () => {
    await app.app.objects['region']?.create({ id: 'tiny', name: 'Tiny', limit: 1 })
    await expect(app.app.objects['account']?.create({ name: 'T', amount: 2, region: 'tiny' })).rejects.toThrow('2 is above 1.')
    await app.app.objects['account']?.create({ id: 't', name: 'T', amount: 1, region: 'tiny' })
    await Promise.all([1, 2, 3].map((amount) => app.app.objects['account']?.create({ name: `P${amount}`, amount, region: 'small' })))
  })
  expect((await send('GET', '/account/t')).json.amount).toBe(1)

  // Side by side.
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => told('POST', '/account', { name: `side ${index}`, amount: index % 2 === 0 ? 5 : 500 })),
  )
  expect(answers.map(([status]) => status)).toEqual(answers.map((_, index) => (index % 2 === 0 ? 201 : 422)))
}
