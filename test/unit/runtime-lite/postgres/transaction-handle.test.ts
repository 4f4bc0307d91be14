import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SqlDriver, TransactionHandles } from '../../../../runtime-lite/database/session.ts'
import { isReachable, postgres, type ScratchDatabase } from '../../../support/database-servers.ts'
import { driverOf, numberOf, write } from './support.ts'

const LABEL = 'pg_handle'

describe.skipIf(!isReachable(postgres))('transactions in three calls', () => {
  let database: ScratchDatabase
  let driver: SqlDriver
  let handles: TransactionHandles
  beforeAll(async () => {
    database = postgres.create(LABEL)
    database.run('create table log (id int primary key)')
    driver = await driverOf(LABEL)
    handles = driver
  })
  afterAll(async () => {
    await driver.close()
    database.drop()
  })
  const insert = write('insert into log values ($1)')
  const count = () => numberOf(driver.session, 'select count(*) from log')
  const used = () => driver.statistics().size - driver.statistics().idle

  test('count from the commit on', async () => {
    const handle = await handles.beginTransaction()
    await handle.session.run(insert, [1])
    expect([await count(), used()]).toEqual([0, 1])
    await handles.commitTransaction(handle)
    expect([await count(), used()]).toEqual([1, 0])
  })

  test('leave nothing after the rollback, also when a statement failed', async () => {
    const before = await count()
    const handle = await handles.beginTransaction({ isolation: 'serializable' })
    await handle.session.run(insert, [2])
    await handles.rollbackTransaction(handle)
    const failing = await handles.beginTransaction()
    await failing.session.run(insert, [3])
    await expect(failing.session.run(insert, [3])).rejects.toMatchObject({ failure: { kind: 'unique' } })
    await handles.rollbackTransaction(failing)
    expect([await count(), used()]).toEqual([before, 0])
  })

  test('say at the commit what went wrong', async () => {
    const failing = await handles.beginTransaction()
    await failing.session.run(insert, [4])
    await expect(failing.session.run(insert, [4])).rejects.toBeDefined()
    await expect(handles.commitTransaction(failing)).rejects.toMatchObject({ failure: { kind: 'unique' } })
    const late = await handles.beginTransaction({ timeout: 50 })
    await late.session.run(insert, [5])
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(used()).toBe(0)
    await expect(handles.commitTransaction(late)).rejects.toMatchObject({ code: 'TIMEOUT' })
    const later = await handles.beginTransaction({ timeout: 1 })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await handles.rollbackTransaction(later)
  })

  test('end once', async () => {
    const handle = await handles.beginTransaction()
    await handles.commitTransaction(handle)
    await expect(handles.commitTransaction(handle)).rejects.toThrow('This transaction was committed or rolled back before.')
    await expect(handles.rollbackTransaction(handle)).rejects.toThrow('This transaction was committed or rolled back before.')
  })

  test('do not begin when there is no connection', async () => {
    const aborted = handles.beginTransaction({ signal: AbortSignal.abort() })
    await expect(aborted).rejects.toMatchObject({ code: 'CANCELLED' })
  })
})
