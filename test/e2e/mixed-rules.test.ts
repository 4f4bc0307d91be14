import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { onDatabases } from '../support/on-databases.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

/** What random rules of all kinds found, where it stands. */
const SCHEMAS = {
  'schemas/keeper.object.yml': 'name: keeper\nfields:\n  region: { type: text }\n  rank: { type: number }\n',
  'schemas/thing.object.yml': `
name: thing
enable: { trash: true }
fields:
  name: { type: text }
  code: { type: text }
  serial: { type: text }
  note: { type: text }
  limit: { type: number }
  owner: { type: lookup, reference_to: keeper }
  second: { type: lookup, reference_to: keeper }
validation:
  rules:
    - { name: either, type: dependency, condition: { lookup: { object: keeper, match_field: owner, validate: { any_of: [{ field: region, operator: "=", value: north }, { field: rank, operator: ">", value: 10 }] } } }, message: Neither. }
    - { name: seconded, type: dependency, fields: [note], condition: { lookup: { object: keeper, match_field: second, validate: { field: region, operator: "=", value: north } } }, message: Not by them. }
    - { name: one_of_two, type: script, severity: warning, condition: "record.owner.rank > 1000 || record.limit != null", message: Limited. }
    - { name: one_code, type: unique, field: code, message: "{{name}} of {{owner.region}} has {{code}} ({{note}})." }
    - { name: one_serial, type: unique, field: serial, skip_bulk: true, message: "{{serial}} is taken." }
`,
}

onDatabases('rules of several kinds', ({ dialects, open }) => {
  let compiled: CompiledApp
  let running: RunningApp
  let drop = (): void => undefined
  let thing: ObjectApi

  beforeAll(async () => {
    compiled = await compiledApp(SCHEMAS, dialects)
    const database = open('mixed_rules')
    drop = database.drop
    running = await startedApp(compiled.folder, database.options)
    thing = running.app.objects['thing'] as ObjectApi
    await running.app.objects['keeper']?.createMany([
      { id: 'north', region: 'north', rank: 1 },
      { id: 'high', region: 'south', rank: 11 },
      { id: 'neither', region: 'south', rank: 10 },
    ])
  }, 60_000)

  afterAll(async () => {
    await running?.close()
    compiled?.remove()
    drop()
  })

  const codes = (work: Promise<unknown>): Promise<readonly string[]> =>
    work.then(
      () => [],
      ({ errors }: { errors: readonly { code: string; message: string }[] }) => errors.map(({ code, message }) => `${code}: ${message}`),
    )

  test('any of the conditions of a filter is enough', async () => {
    expect(await codes(thing.create({ owner: 'north' }))).toEqual([])
    expect(await codes(thing.create({ owner: 'high' }))).toEqual([])
    expect(await codes(thing.create({ owner: 'neither' }))).toEqual(['either: Neither.'])
  })

  test('a rule that asks has its fields changed', async () => {
    const { id } = await thing.create({ name: 'a', note: 'n' })
    await thing.update(String(id), { second: 'high' })
    expect(await codes(thing.update(String(id), { note: 'n', name: 'b' }))).toEqual([])
    expect(await codes(thing.updateMany({ id }, { note: 'n' }))).toEqual([])
    expect(await codes(thing.update(String(id), { note: 'm' }))).toEqual(['seconded: Not by them.'])
    expect(await codes(thing.updateMany({ id }, { note: 'm' }))).toEqual(['seconded: Not by them.'])
  })

  test('a rule over related records with an or is asked where its fields are written alone', async () => {
    const { id } = await thing.create({ limit: 5, owner: 'north' })
    expect(await thing.update(String(id), { limit: 6 })).toMatchObject({ '@warnings': [{ rule: 'one_of_two' }] })
    expect(await thing.update(String(id), { name: 'x' })).not.toHaveProperty('@warnings')
  })

  test('a rule that an index holds shows the record as it would be, and what it leads to', async () => {
    await thing.create({ code: 'c1' })
    const { id } = await thing.create({ name: 'Box', code: 'c2', owner: 'high', note: 'old' })
    expect(await codes(thing.update(String(id), { code: 'c1', note: 'new' }))).toEqual(['one_code: Box of south has c1 (new).'])
    expect(await codes(thing.create({ name: 'Bag', code: 'c1', owner: 'north' }))).toEqual(['one_code: Bag of north has c1 ().'])
    await thing.delete(String(id))
    await thing.create({ code: 'c2' })
    expect(await codes(thing.restore(String(id)))).toEqual(['one_code: Box of south has c2 (old).'])
  })

  test('a unique rule that no index holds is asked of what comes out of the trash', async () => {
    const { id } = await thing.create({ serial: 's1' })
    await thing.delete(String(id))
    const { id: other } = await thing.create({ serial: 's1' })
    expect(await codes(thing.restore(String(id)))).toEqual(['one_serial: s1 is taken.'])
    expect(await codes(thing.restoreMany({ id }))).toEqual(['one_serial: s1 is taken.'])
    await thing.update(String(other), { serial: 's2' })
    expect(await codes(thing.restore(String(id)))).toEqual([])
  })
})
