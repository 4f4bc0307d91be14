import { PGlite } from '@electric-sql/pglite'
import { PGliteDialect } from 'kysely'
import { afterAll, expect, test } from 'vitest'
import { failing, failingPlugin, measure, slow } from '../../../compiler/plugin-testing/index.ts'
import type { SqlDriver } from '../../../runtime-lite/database/session.ts'
import { DatabaseFailure } from '../../../runtime-lite/database/sql-error.ts'
import { kyselyDriver } from '../../../runtime-lite/kysely/index.ts'

const driver = await kyselyDriver({ dialect: new PGliteDialect({ pglite: new PGlite() }), family: 'postgres' })
await driver.execute('create table t (id text primary key)')
afterAll(() => driver.close())

const insert = (to: Pick<SqlDriver, 'session'>, id: string) =>
  to.session.run({ sql: 'insert into t values ($1)', kinds: ['text'], isRead: false }, [id])
const count = async (): Promise<number> =>
  Number((await driver.session.row({ sql: 'select count(*) as n from t', kinds: [], isRead: true }, []))?.[0])

test('a driver fails at the statement, the commit or the connection it is told to', async () => {
  const statement = failing(driver, { on: 'statement', after: 1, error: new Error('torn') })
  await insert(statement, 'a')
  await expect(insert(statement, 'b')).rejects.toThrow('torn')
  await insert(statement, 'c')
  expect(await count()).toBe(2)
  const commit = failing(driver, { on: 'commit' })
  await expect(commit.transaction(async (session) => insert({ session }, 'd'))).rejects.toMatchObject({ status: 503, code: 'UNAVAILABLE' })
  expect(await count()).toBe(2)
  await commit.transaction(async (session) => insert({ session }, 'd'))
  expect(await count()).toBe(3)
  await expect(failing(driver, { on: 'connect' }).check()).rejects.toMatchObject({ status: 503 })
  const some = failing(driver, { on: 'statement', matching: /update/, times: 99 })
  await insert(some, 'e')
})

test('a conflict is repeated', async () => {
  let attempts = 0
  const torn = failing(driver, { on: 'commit', times: 2, error: new DatabaseFailure({ kind: 'conflict', cause: new Error('torn') }) })
  await torn.transaction(async (session) => {
    attempts++
    await insert({ session }, 'repeated')
  })
  expect(attempts).toBe(3)
})

test('a driver takes the time it is told to, at the moment it is told to', async () => {
  const waits: [milliseconds: number, call: () => void][] = []
  const clock = { after: (milliseconds: number, call: () => void) => void waits.push([milliseconds, call]) }
  let isDone = false
  const before = await count()
  const inserting = Promise.resolve(insert(slow(driver, { milliseconds: 40, clock }), 'slow')).then(() => {
    isDone = true
  })
  await expect.poll(() => waits.map(([milliseconds]) => milliseconds)).toEqual([40])
  expect([isDone, await count()]).toEqual([false, before])
  waits.pop()?.[1]()
  await inserting
  expect(await count()).toBe(before + 1)
  const committing = slow(driver, { milliseconds: 7, on: 'commit', clock })
  await insert(committing, 'outside')
  expect(waits).toEqual([])
  const work = committing.transaction(async (session) => insert({ session }, 'inside'))
  await expect.poll(() => waits.length).toBe(1)
  waits.pop()?.[1]()
  await work
  expect(await count()).toBe(before + 3)
  await insert(slow(driver, { milliseconds: 1 }), 'by the clock of the system')
})

test('a plugin fails in one phase and keeps its others', async () => {
  const broken = failingPlugin({ name: 'p', install: () => 'installed', onStart: () => 'started' }, 'start')
  expect(broken.install()).toBe('installed')
  await expect((broken as unknown as { start(): Promise<void> }).start()).rejects.toThrow('failed to start')
  expect(broken.onStart).toBeUndefined()
})

test('what is measured counts and ends', async () => {
  let calls = 0
  const { count, errors, text, p50, p99 } = await measure(
    'odd',
    () => {
      if (++calls % 2) throw new Error('odd')
    },
    { time: 20, calls: 100 },
  )
  expect([count, errors]).toEqual([100, 50])
  expect(p50).toBeLessThanOrEqual(p99)
  expect(text).toContain('odd')
  await expect(measure('long', () => 1, { time: 1e9 })).rejects.toThrow(RangeError)
})
