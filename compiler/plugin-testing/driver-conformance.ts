import type { SqlDriver } from '../../runtime-lite/database/session.ts'
import { type ConformanceCheck, expectSame, inTime, rejection } from './conformance.ts'
import { type DriverScene, expectFailure, openScene } from './driver-scene.ts'
import { driverTransactionChecks } from './driver-transaction-checks.ts'
import { driverValueChecks } from './driver-value-checks.ts'

type Check = readonly [name: string, check: (scene: DriverScene) => Promise<void>]

/** Longest time for one check. */
const CHECK_MS = 10_000

/** Longest time for taking the tables away. */
const END_MS = 3000

/**
 * What an application expects of a driver. `open` is called for each check; the driver is closed at its end. Tables are made and dropped under names of their
 * own (`objectql_check_…`) in a database that may hold others.
 */
export const driverConformance = (open: () => SqlDriver | Promise<SqlDriver>): readonly ConformanceCheck[] =>
  [...basicChecks, ...driverValueChecks, ...failureChecks, ...driverTransactionChecks].map(([name, check]) => ({
    name,
    async run() {
      const scene = await openScene(await open())
      try {
        await inTime(name, CHECK_MS, check(scene))
      } finally {
        await inTime('the end of the check', END_MS, ended(scene))
      }
    },
  }))

/** Checks may have closed the driver themselves. */
const closed = new WeakSet<DriverScene>()

const ended = async (scene: DriverScene): Promise<void> => {
  if (!closed.has(scene)) await scene.end()
}

const basicChecks: readonly Check[] = [
  [
    'connections: it answers, and refuses once it is closed',
    async (scene) => {
      await scene.driver.check(2000)
      await scene.end()
      closed.add(scene)
      await rejection('a statement after close', () => inTime('a statement after close', 5000, scene.read('select 1 as found')))
    },
  ],
  [
    'statistics: numbers that make sense',
    async ({ driver, insert }) => {
      await Promise.all(['a', 'b', 'c'].map((id) => insert(id)))
      const { size, idle, waiting, acquire } = driver.statistics()
      for (const [name, value] of Object.entries({ size, idle, waiting, ...acquire }))
        expectSame(`${name} ${value} is a number from 0 up`, Number.isFinite(value) && value >= 0, true)
      expectSame('no more idle than open', idle <= size, true)
      expectSame('percentiles rise', acquire.p50 <= acquire.p95 && acquire.p95 <= acquire.p99, true)
      expectSame('waiting when nobody waits', waiting, 0)
    },
  ],
  [
    'statements: rows are lists in the order of their columns',
    async ({ read, insert, parent }) => {
      await insert('a', 'first')
      await insert('b', null)
      const { rows } = await read(`select name as z, id as y from ${parent} order by id`)
      expectSame('rows', rows, [
        ['first', 'a'],
        [null, 'b'],
      ])
      expectSame('no rows', (await read(`select id from ${parent} where id = ?`, ['nobody'])).rows, [])
    },
  ],
  [
    'statements: one row, or undefined',
    async ({ driver, insert, parent }) => {
      await insert('a', 'first')
      const one = (where: string) => driver.session.row({ sql: `select name from ${parent} where ${where}`, kinds: [], isRead: true }, [])
      expectSame('the first', await one('1 = 1'), ['first'])
      expectSame('none', await one('1 = 0'), undefined)
    },
  ],
  [
    'statements: say how many rows they changed',
    async ({ write, insert, parent }) => {
      expectSame('inserted', (await insert('a')).changes, 1)
      await insert('b')
      expectSame('updated', (await write(`update ${parent} set n = n + 1`)).changes, 2)
      expectSame('none', (await write(`delete from ${parent} where id = ?`, ['nobody'])).changes, 0)
      expectSame('deleted', (await write(`delete from ${parent}`)).changes, 2)
    },
  ],
  [
    'statements: name their columns when they are asked to',
    async ({ driver, insert, parent }) => {
      await insert('a')
      const answer = await driver.session.run(
        { sql: `select id as second, name as first from ${parent}`, kinds: [], isRead: true, describes: true },
        [],
      )
      expectSame('columns', answer.columns, ['second', 'first'])
    },
  ],
  [
    'statements: values never become part of the text',
    async ({ insert, count, parent }) => {
      const hostile = `'); drop table ${parent}; --`
      await insert(hostile, '$1 ? \\')
      expectSame('found by it', await count(hostile), 1)
    },
  ],
]

const failureChecks: readonly Check[] = [
  [
    'failures: a value that is there already',
    async ({ insert }) => {
      await insert('a', 'same')
      await expectFailure('the same name', () => insert('b', 'same'), ['unique'])
      await expectFailure('the same id', () => insert('a', 'other'), ['unique'])
    },
  ],
  [
    'failures: references',
    async ({ insert, write, parent, child }) => {
      await insert('a')
      const add = (id: string, to: string) => write(`insert into ${child} (id, parent) values (?, ?)`, [id, to])
      await expectFailure('a parent that is not there', () => add('c', 'nobody'), ['reference'])
      await add('c', 'a')
      // SQLite does not say which side it was.
      await expectFailure('a parent with a child', () => write(`delete from ${parent} where id = ?`, ['a']), ['in-use', 'reference'])
    },
  ],
  [
    'failures: no value where one has to be',
    async ({ write, parent, count }) => {
      await expectFailure('null', () => write(`insert into ${parent} (id, name) values ('a', 'a')`), ['other', 'value'])
      expectSame('kept', await count('a'), 0)
    },
  ],
  [
    'failures: text that is no SQL, with its cause, told to nobody',
    async ({ read }) => {
      const error = Object(await rejection('no SQL', () => read('select nothing from nowhere_at_all'))) as Record<string, unknown>
      expectSame('status', error['status'], 500)
      expectSame('message', String(error['message']).includes('nowhere_at_all'), false)
      expectSame('cause', error['cause'] === undefined, false)
    },
  ],
]
