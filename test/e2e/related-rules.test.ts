import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { countedStatements } from '../support/counted-statements.ts'
import { RELATED_SCHEMAS } from '../support/related-schemas.ts'
import { startedApp } from '../support/running-app.ts'
import { allSources } from '../support/sources.ts'

let folder: CompiledFolder
beforeAll(async () => {
  folder = await compiledFolder(RELATED_SCHEMAS)
}, 60_000)
afterAll(() => folder.remove())

interface Api {
  create(input: object): Promise<{ readonly [field: string]: unknown }>
  createMany(inputs: readonly object[]): Promise<readonly object[]>
  update(id: string, patch: object): Promise<{ readonly [field: string]: unknown }>
  updateMany(where: object, patch: object): Promise<number>
  delete(id: string): Promise<void>
  get(id: string): Promise<object | null>
  find(query: object): Promise<{ readonly items: readonly object[] }>
}

type Objects = Readonly<Record<'person' | 'account' | 'deal' | 'line', Api>>

async function filled({ person, account }: Objects): Promise<void> {
  await person.createMany([
    { id: 'n', name: 'Nora', region: 'north' },
    { id: 'm', name: 'Mo', region: 'moon' },
    { id: 'z', name: 'Zoe', region: 'zero' },
  ])
  await account.createMany([
    { id: 'bank', name: 'Bank', industry: 'bank', limit: 10, active: true, owner: 'n' },
    { id: 'farm', name: 'Farm', industry: 'farm', active: false, owner: 'm' },
    { id: 'acme', name: 'Acme', industry: 'other', owner: 'n' },
    { id: 'zero', name: 'Zero', owner: 'z' },
    { id: 'lone', name: 'Lone' },
  ])
}

/** What is wrong with a write: `code message` of each; an empty list where nothing is. */
async function told(work: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await work()
    return []
  } catch (error) {
    const { errors: issues = [], message } = error as { errors?: readonly { code: string; message: string }[]; message: string }
    return issues.length === 0 ? [message] : issues.map((issue) => `${issue.code} ${issue.message}`)
  }
}

describe.each(allSources())('rules over related records on $name', ({ isThere, open }) => {
  test.runIf(isThere)('look at what the record will lead to', { timeout: 120_000 }, async () => {
    const source = await open('related_rules')
    const { app, close } = await startedApp(folder.generated, { datasource: source.datasource, migrate: true } as never)
    const objects = app.objects as unknown as Objects
    const { person, account, deal, line } = objects
    try {
      await filled(objects)
      const limit = ['bank_limit Bank takes 10 at most, and Nora has to agree.']
      expect(await told(() => deal.create({ id: 'd1', account: 'bank', amount: 11 }))).toEqual(limit)
      expect(await told(() => deal.create({ id: 'd1', name: 'One', account: 'bank', amount: 10 }))).toEqual([])
      expect(await told(() => deal.update('d1', { amount: 11 }))).toEqual(limit)
      expect(await told(() => deal.updateMany({ id: 'd1' }, { amount: 11 }))).toEqual(limit)
      expect(await told(() => deal.update('d1', { amount: { $inc: 5 } }))).toEqual(limit)
      expect(await told(() => deal.create({ account: 'farm' }))).toEqual(['required Note is required.'])
      expect(await told(() => deal.createMany([{ account: 'acme' }, { account: 'farm' }]))).toEqual(['required Note is required.'])
      // Without a link, and with one that leads no further, nothing holds.
      expect(await told(() => deal.create({ id: 'd2', amount: 1000 }))).toEqual([])
      expect(await told(() => deal.create({ id: 'd3', account: 'lone', amount: 1000 }))).toEqual([])
      // The new link counts on update, and `previous` goes by the old one.
      expect(await told(() => deal.update('d3', { account: 'bank' }))).toEqual(limit)
      expect(await told(() => deal.update('d1', { account: 'acme' }))).toEqual(['stays What a bank has stays there.'])
      expect(await told(() => deal.update('d2', { account: 'zero' }))).toEqual(['not_to_zero Nobody sells in zero.'])
      // Through two lookups, on both sides.
      expect(await told(() => deal.create({ account: 'acme', second: 'bank' }))).toEqual([])
      expect(await told(() => deal.create({ account: 'acme', second: 'farm' }))).toEqual(['same_region Two regions.'])
      expect(await told(() => deal.create({ id: 'd4', account: 'farm', note: 'n', code: 'c' }))).toEqual([])
      expect(await told(() => deal.update('d4', { code: 'd' }))).toEqual(['read_only Code cannot be changed now.'])
      // A patch that writes nothing a rule looks at is not asked about the rest.
      await account.update('acme', { industry: 'bank', limit: 1 })
      await deal.create({ id: 'd5', account: 'acme', amount: 1, name: 'Five' })
      await account.update('acme', { limit: 0 })
      expect(await told(() => deal.update('d5', { code: 'x' }))).toEqual([])
      expect(await told(() => deal.update('d5', { amount: 1 }))).toEqual(['bank_limit Acme takes 0 at most, and Nora has to agree.'])
      await account.update('acme', { industry: 'other', limit: null })
      // Formulas of the related record are worked out.
      const warned = await deal.update('d5', { account: 'acme' })
      expect(warned['@warnings']).toMatchObject([{ rule: 'shown_name', message: 'It is Acme of north.' }])
      expect(warned).toMatchObject({ region: 'north', over: null })
      // A transition that depends on the related record is no part of the statement.
      expect(await told(() => deal.update('d1', { stage: 'won' }))).toEqual(['flow Bank: not from draft to won.'])
      expect(await told(() => deal.update('d3', { stage: 'won' }))).toEqual([])
      expect(await told(() => deal.create({ name: 'One', account: 'bank' }))).toEqual(['once Bank has One.'])
      expect(await told(() => deal.create({ name: 'One', account: 'acme' }))).toEqual([])
      expect(await told(() => deal.delete('d1'))).toEqual(['kept Bank is active.'])
      expect(await told(() => deal.delete('d3'))).toEqual([])
      expect(await told(() => line.create({ id: 'l1', deal: 'd1' }))).toEqual([])
      await deal.update('d1', { stage: 'open' })
      expect(await told(() => line.create({ deal: 'd1' }))).toEqual(['of_draft One is open.'])
      // What is in the trash counts as missing.
      expect(await deal.get('d1')).toMatchObject({ region: 'north' })
      await person.delete('n')
      expect(await deal.get('d1')).toMatchObject({ region: null })
      expect((await deal.find({ where: { region: null, id: 'd1' }, select: ['region'] })).items).toEqual([{ region: null }])
      expect(await told(() => deal.create({ account: 'bank', amount: 11 }))).toEqual([
        'bank_limit Bank takes 10 at most, and  has to agree.',
      ])
    } finally {
      await close()
      await source.close()
    }
  })
})

test('one statement for each lookup, however many records are written', async () => {
  const counted = countedStatements()
  // No formulas: those name other tables in statements of their own object.
  const plain = (text: string): string =>
    text.replaceAll(/^.*type: (?:formula|summary).*\n/gm, '').replaceAll(/^.*(?:record.region|account.shown|name: once).*\n/gm, '')
  const own = await compiledFolder(Object.fromEntries(Object.entries(RELATED_SCHEMAS).map(([name, text]) => [name, plain(text)])))
  const { app, close } = await startedApp(own.generated, { datasource: counted.db } as never)
  const objects = app.objects as unknown as Objects
  const { account, deal, line } = objects
  await filled(objects)
  await deal.create({ id: 'd', account: 'acme', name: 'd' })
  await line.create({ id: 'l', deal: 'd' })
  const hundred = Array.from({ length: 100 }, (_, at) => ({ id: `m${at}`, account: at % 2 ? 'bank' : 'acme', amount: at % 9 }))
  const reads = async (work: () => Promise<unknown>): Promise<readonly string[]> =>
    (await counted.of(work)).filter((text) => !text.startsWith('insert'))
  expect(await reads(() => deal.createMany(hundred))).toEqual(['select account', 'select person'])
  expect(await counted.of(() => deal.updateMany({ account: 'bank' }, { amount: 3 }))).toEqual([
    'select deal',
    'select deal',
    'select account',
    'select person',
    'update deal',
  ])
  expect(await counted.of(() => deal.update('d', { amount: 3 }))).toEqual([
    'select deal',
    'select account',
    'select person',
    'update deal',
    'select deal',
  ])
  // No lookup leads anywhere, or no rule is about what is written: only the record itself is read, behind its write.
  expect(await reads(() => deal.create({ amount: 3 }))).toEqual(['select deal'])
  expect(await counted.of(() => line.update('l', { count: 1 }))).toEqual(['update line', 'select line'])
  expect(await counted.of(() => account.update('acme', { name: 'Acme' }))).toEqual(['update account', 'select account'])
  await close()
  own.remove()
})
