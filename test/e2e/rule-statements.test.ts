import { afterAll, beforeAll, expect, test } from 'vitest'
import { ASKED_SCHEMAS } from '../support/asked-schemas.ts'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { countedStatements } from '../support/counted-statements.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

let folder: CompiledFolder
let running: RunningApp
const counted = countedStatements()
beforeAll(async () => {
  folder = await compiledFolder(ASKED_SCHEMAS)
  running = await startedApp(folder.generated, { datasource: counted.db } as never)
}, 60_000)
afterAll(async () => {
  await running.close()
  folder.remove()
})

test('rules cost the statements they need, whatever the number of records', async () => {
  const { account, project, task } = running.app.objects as Record<string, NonNullable<(typeof running.app.objects)[string]>>
  await account!.create({ id: 'a' })
  await project!.create({ id: 'p' })
  await project!.create({ id: 'q' })
  // A transition is a part of the statement: nothing is read before, and the record behind it. One that is refused is looked at once.
  expect(await counted.of(() => project!.update('p', { status: 'open' }))).toEqual(['update project', 'select project'])
  expect(await counted.of(() => expect(project!.update('q', { status: 'done' })).rejects.toMatchObject({ status: 422 }))).toEqual([
    'update project',
    'select project',
  ])
  expect(await counted.of(() => expect(project!.update('gone', { status: 'open' })).rejects.toMatchObject({ status: 404 }))).toEqual([
    'update project',
    'select project',
  ])
  // What no rule is about, and what an index holds, costs nothing more.
  expect(await counted.of(() => account!.update('a', { name: 'A' }))).toEqual(['update account', 'select account'])
  expect(await counted.of(() => project!.update('p', { code: 'x' }))).toEqual(['update project', 'select project'])
  // A lookup with a filter: one question, beside the rule about the same lookup and those that the other values are about.
  const one = await counted.of(() => project!.update('p', { account: 'a' }))
  expect(one).toEqual(['update project', 'select project', 'select project', 'select project', 'select project'])
  const many = await counted.of(() =>
    project!.createMany(Array.from({ length: 256 }, (_, at) => ({ id: `m${at}`, account: 'a', amount: 1000 + at, name: `n${at}` }))),
  )
  expect(many.filter((text) => text === 'insert project')).toHaveLength(1)
  expect(many.filter((text) => text.startsWith('select')).length).toBeLessThanOrEqual(8)
  const few = await counted.of(() =>
    project!.createMany(Array.from({ length: 16 }, (_, at) => ({ id: `f${at}`, account: 'a', amount: 5000 + at, name: `f${at}` }))),
  )
  expect(few.filter((text) => text.startsWith('select'))).toHaveLength(many.filter((text) => text.startsWith('select')).length)
  // All records of a filter are read once, and changed by one statement.
  const moved = await counted.of(() => project!.updateMany({ amount: { $gte: 1000 } }, { status: 'open' }))
  expect(moved).toEqual(['select project', 'select project', 'update project'])
  expect((await project!.find({ where: { status: 'open' }, limit: 1, count: true } as never)).items).toHaveLength(1)
  await task!.create({ project: 'p' })
  const gone = await counted.of(() => project!.deleteMany({ amount: { $gte: 1000 } }))
  expect(gone.length).toBeLessThanOrEqual(4)
})
