import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { countedStatements } from '../support/counted-statements.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { VALIDATOR_SCHEMAS } from '../support/validators/validator-schemas.ts'

let folder: CompiledFolder
let running: RunningApp
const counted = countedStatements()
beforeAll(async () => {
  folder = await compiledFolder(VALIDATOR_SCHEMAS, { isLenient: true })
  running = await startedApp(folder.generated, { datasource: counted.db } as never)
  running.app.registerValidator('odd_names', () => true)
}, 60_000)
afterAll(async () => {
  await running.close()
  folder.remove()
})

test('asking costs no statement by itself, whatever the number of records', async () => {
  const { account, region } = running.app.objects as Record<string, NonNullable<(typeof running.app.objects)[string]>>
  // Nobody is asked about it. SQLite reads each record behind its write.
  expect(await counted.of(() => region!.create({ id: 'r', limit: 50 }))).toEqual(['insert region', 'select region'])
  expect(await counted.of(() => region!.update('r', { limit: 60 }))).toEqual(['update region', 'select region'])
  expect(await counted.of(() => account!.create({ id: 'a', name: 'A', vat: 'DE1', country: 'DE' }))).toEqual([
    'insert account',
    'select account',
  ])
  // The record as it was is read once, for all who are asked.
  expect(await counted.of(() => account!.update('a', { vat: 'DE2', amount: 7 }))).toEqual([
    'select account',
    'update account',
    'select account',
  ])
  // What a function reads for itself.
  expect(await counted.of(() => account!.update('a', { region: 'r' }))).toEqual([
    'select account',
    'select region',
    'update account',
    'select account',
  ])
  const many = Array.from({ length: 64 }, (_, at) => ({ id: `m${at}`, name: `M${at}` }))
  expect(await counted.of(() => account!.createMany(many))).toEqual(['insert account'])
  expect(await counted.of(() => account!.updateMany({ id: { $in: many.map(({ id }) => id) } }, { amount: 8 }))).toEqual([
    'select account',
    'select account',
    'update account',
  ])
  expect(await counted.of(() => account!.delete('m1'))).toEqual(['select account', 'delete account'])
})
