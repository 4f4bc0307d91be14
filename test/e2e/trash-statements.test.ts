import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { countedStatements } from '../support/counted-statements.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const FIELDS = 'fields:\n  name: { type: text, unique: true }\n  area: { type: lookup, reference_to: area, delete_behavior: set_null }\n'
const SCHEMAS = {
  'area.object.yml': 'name: area\nfields:\n  name: { type: text }\n',
  'kept.object.yml': `name: kept\nenable: { trash: true }\n${FIELDS}`,
  'plain.object.yml': `name: plain\n${FIELDS}`,
}

let folder: CompiledFolder
let running: RunningApp
const counted = countedStatements()
beforeAll(async () => {
  folder = await compiledFolder(SCHEMAS)
  running = await startedApp(folder.generated, { datasource: counted.db } as never)
}, 60_000)
afterAll(async () => {
  await running.close()
  folder.remove()
})

test('a trash costs no statement', async () => {
  const of = async (name: string): Promise<readonly string[]> => {
    const object = running.app.objects[name] as NonNullable<RunningApp['app']['objects'][string]>
    const ran: string[] = []
    const count = async (work: () => Promise<unknown>): Promise<void> => {
      const texts = await counted.of(work)
      ran.push(texts.map((text) => text.replace(name, 'object')).join('; '))
    }
    await count(() => object.create({ id: 'one', name: 'one' }))
    await count(() => object.createMany(Array.from({ length: 50 }, (_, at) => ({ id: `m${at}`, name: `m${at}` }))))
    await count(() => object.get('one'))
    await count(() => object.find({ where: { name: 'one' }, expand: { area: true }, count: true }))
    await count(() => object.count())
    await count(() => object.update('one', { name: 'two' }))
    await count(() => object.updateMany({ name: 'm1' }, { name: 'm1!' }))
    await count(() => object.upsert({ name: 'm2' }, { on: ['name'] }))
    await count(() => object.delete('one'))
    await count(() => object.deleteMany({ name: { $startsWith: 'm' } }))
    return ran
  }
  const [kept, plain] = [await of('kept'), await of('plain')]
  expect(kept[0]).toBe('insert object; select object')
  // Deleting is an update then. Of many, the ids are read and locked first, by the filter and among those that are there.
  expect(kept.slice(0, 8)).toEqual(plain.slice(0, 8))
  expect([kept[8], plain[8]]).toEqual(['update object', 'delete object'])
  expect([kept[9], plain[9]]).toEqual(['select object; select object; update object', 'delete object'])
})

test('objects without one have nothing of it in their plans', async () => {
  const { plan } = (await import(/* @vite-ignore */ `${folder.generated}/plans/plain.ts`)) as { plan: object }
  expect(JSON.stringify(plan)).not.toMatch(/delet(?:ed|ion)_?(?:at|by)?"?[^e]*null/)
  expect(plan).not.toHaveProperty('trash')
  expect(plan).not.toHaveProperty('trashTargets')
})
