import type { Session } from '../../runtime-lite/database/session.ts'
import { expectSame, inTime, rejection } from './conformance.ts'
import { type DriverScene, expectCode, expectFailure } from './driver-scene.ts'

type Check = readonly [name: string, check: (scene: DriverScene) => Promise<void>]

const undone = new Error('Undone by the check.')

/** Throws for a savepoint whatever is thrown at once or later. */
const atomically = async <Result>(session: Session, work: (inner: Session) => Promise<Result>): Promise<Result> => session.atomically(work)

export const driverTransactionChecks: readonly Check[] = [
  [
    'transactions: what resolves is kept, and its result is passed on',
    async (scene) => {
      const result = await scene.driver.transaction(async (session) => {
        expectSame('isTransaction', session.isTransaction, true)
        await scene.insert('a', 'a', session)
        expectSame('seen inside', await scene.count('a', session), 1)
        return 'result'
      })
      expectSame('result', result, 'result')
      expectSame('kept', await scene.count('a'), 1)
    },
  ],
  [
    'transactions: what rejects is undone, and rejects with the same error',
    async (scene) => {
      const error = await rejection('transaction', () =>
        scene.driver.transaction(async (session) => {
          await scene.insert('a', 'a', session)
          throw undone
        }),
      )
      expectSame('error', error, undone)
      expectSame('kept', await scene.count('a'), 0)
    },
  ],
  [
    'transactions: begun, committed and rolled back by name',
    async ({ driver, insert, count }) => {
      const kept = await driver.beginTransaction()
      await insert('a', 'a', kept.session)
      await driver.commitTransaction(kept)
      const lost = await driver.beginTransaction()
      await insert('b', 'b', lost.session)
      await driver.rollbackTransaction(lost)
      expectSame('kept', [await count('a'), await count('b')], [1, 0])
      await rejection('a second commit', () => driver.commitTransaction(kept))
    },
  ],
  [
    'transactions: sessions are of no use once theirs is over',
    async ({ driver, insert, count }) => {
      const late = await driver.transaction(async (session) => ({ session }))
      await rejection('a late statement', () => insert('late', 'late', late.session))
      expectSame('kept', await count('late'), 0)
    },
  ],
  [
    'savepoints: undo their part and no more, also nested',
    async ({ driver, insert, count }) => {
      await driver.transaction(async (session) => {
        await insert('a', 'a', session)
        const error = await rejection('savepoint', () =>
          atomically(session, async (inner) => {
            await insert('b', 'b', inner)
            await atomically(inner, async (innermost) => insert('c', 'c', innermost))
            throw undone
          }),
        )
        expectSame('error', error, undone)
        await atomically(session, async (inner) => insert('d', 'd', inner))
      })
      expectSame('kept', await Promise.all(['a', 'b', 'c', 'd'].map((id) => count(id))), [1, 0, 0, 1])
    },
  ],
  [
    'savepoints: a refused statement leaves the transaction of use',
    async ({ driver, insert, count }) => {
      await driver.transaction(async (session) => {
        await insert('a', 'same', session)
        await expectFailure('the same name', () => atomically(session, async (inner) => insert('b', 'same', inner)), ['unique'])
        await insert('c', 'c', session)
      })
      expectSame('kept', [await count('a'), await count('b'), await count('c')], [1, 0, 1])
    },
  ],
  [
    'atomically outside of a transaction: all or nothing',
    async ({ driver, insert, count }) => {
      await rejection('atomically', () =>
        atomically(driver.session, async (inner) => {
          await insert('a', 'a', inner)
          await insert('a', 'again', inner)
        }),
      )
      expectSame('kept', await count('a'), 0)
    },
  ],
  [
    'isolation: others see nothing before the commit',
    async ({ driver, insert, count }) => {
      let outside: Promise<number> = Promise.resolve(-1)
      let early: number | undefined
      await driver.transaction(async (session) => {
        await insert('a', 'a', session)
        // Where there is one connection only, it waits for the end.
        outside = count('a')
        early = await Promise.race([outside, new Promise<undefined>((resolve) => setTimeout(resolve, 100, undefined))])
      })
      expectSame('seen before the commit', early ?? 0, 0)
      await outside
      expectSame('seen after it', await count('a'), 1)
    },
  ],
  [
    'concurrent use: statements get their own answers',
    async ({ read }) => {
      const numbers = Array.from({ length: 50 }, (_, index) => String(index))
      const sql = 'select ? as found'
      const answers = await Promise.all(numbers.map(async (value) => (await read(castText(sql), [value])).rows[0]?.[0]))
      expectSame(
        'answers',
        answers.map((answer) => String(answer).trim()),
        numbers,
      )
    },
  ],
  [
    'concurrent use: serializable transactions lose no update',
    async ({ driver, insert, parent, read, write }) => {
      await insert('a')
      const increment = async (): Promise<void> =>
        driver.transaction(
          async (session) => {
            const { rows } = await read(`select n from ${parent} where id = ?`, ['a'], ['text'], session)
            await write(`update ${parent} set n = ? where id = ?`, [Number(rows[0]?.[0]) + 1, 'a'], ['integer', 'text'], session)
          },
          { isolation: 'serializable', retries: 20 },
        )
      await Promise.all(Array.from({ length: 5 }, increment))
      expectSame('n', Number((await read(`select n from ${parent} where id = ?`, ['a'])).rows[0]?.[0]), 5)
    },
  ],
  [
    'limits: a transaction that takes too long is undone',
    async ({ driver, insert, count }) => {
      const hanging = (): Promise<never> =>
        driver.transaction(
          async (session) => {
            await insert('a', 'a', session)
            return new Promise<never>(() => undefined)
          },
          { timeout: 80 },
        )
      await expectCode('timeout', () => inTime('timeout', 2000, hanging()), 503, 'TIMEOUT')
      expectSame('kept', await count('a'), 0)
    },
  ],
  [
    'limits: a transaction whose signal is aborted is undone',
    async ({ driver, insert, count }) => {
      const abort = new AbortController()
      const hanging = (): Promise<never> =>
        driver.transaction(
          async (session) => {
            await insert('a', 'a', session)
            abort.abort()
            return new Promise<never>(() => undefined)
          },
          { signal: abort.signal },
        )
      await expectCode('abort', () => inTime('abort', 2000, hanging()), 503, 'CANCELLED')
      await expectCode('aborted before', () => driver.transaction(async () => 1, { signal: AbortSignal.abort() }), 503, 'CANCELLED')
      expectSame('kept', await count('a'), 0)
    },
  ],
  [
    'limits: a level of isolation that there is not is refused',
    async ({ driver }) => {
      await rejection('isolation', () => driver.transaction(async () => 1, { isolation: 'chaos' as 'serializable' }))
    },
  ],
]

/** Databases that look at types want to know that of a lonely parameter. */
const castText = (sql: string): string => sql.replace('?', 'cast(? as char(20))')
