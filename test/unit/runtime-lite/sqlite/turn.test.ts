import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { ObjectQLError } from '../../../../runtime-lite/problem/problem.ts'
import { createTurn } from '../../../../runtime-lite/sqlite/turn.ts'
import { officeApp } from '../../../support/office.ts'
import { type RunningApp, runningApp } from '../../../support/running-app.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'turn-'))
  cleanups.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

function opened(path = ':memory:', timeout = 0): DatabaseSync {
  const db = new DatabaseSync(path, { timeout })
  cleanups.push(() => db.isOpen && db.close())
  return db
}

async function started(options: Parameters<typeof runningApp>[1] = {}): Promise<RunningApp> {
  const app = await runningApp(officeApp(), options)
  cleanups.push(() => app.close())
  return app
}

/** The transaction statements that ran, in order. */
function recorded(): string[] {
  const statements: string[] = []
  const run = StatementSync.prototype.run
  vi.spyOn(StatementSync.prototype, 'run').mockImplementation(function (this: StatementSync, ...values) {
    if (/^(begin|commit|rollback|savepoint|release)/.test(this.sourceSQL)) statements.push(this.sourceSQL)
    return Reflect.apply(run, this, values)
  })
  return statements
}

describe('one transaction per turn', () => {
  test('reads share it', async () => {
    const app = await started()
    await app.request('/api/user')
    await nextTurn()
    const statements = recorded()
    await Promise.all(Array.from({ length: 20 }, (_, index) => app.request(index % 2 === 0 ? '/api/user' : '/api/user/none')))
    await nextTurn()
    expect(statements).toEqual(['begin', 'commit'])
  })

  test('writes share it, and are answered after its COMMIT', async () => {
    const app = await started()
    await app.request('/api/user')
    await nextTurn()
    const statements = recorded()
    const answers = Array.from({ length: 20 }, (_, index) =>
      app.request('/api/user', { method: 'POST', body: { id: `u${index}` } }).then(({ status }) => statements.push(String(status))),
    )
    answers.push(app.request('/api/user/u3').then(({ status }) => statements.push(String(status))))
    expect(statements).toEqual(['begin immediate'])
    await Promise.all(answers)
    expect(statements).toEqual(['begin immediate', 'commit', ...Array(20).fill('201'), '200'])
  })

  test('a write ends the reads before it, whose snapshot it could not use', async () => {
    const app = await started()
    await app.request('/api/user')
    await nextTurn()
    const statements = recorded()
    await Promise.all([app.request('/api/user'), app.request('/api/user', { method: 'POST', body: {} })])
    expect(statements).toEqual(['begin', 'commit', 'begin immediate', 'commit'])
  })

  test('the first request to an object, whose plans are loaded, is tied to the COMMIT too', async () => {
    const app = await started()
    const statements = recorded()
    const answer = await app.request('/api/user', { method: 'POST', body: { id: 'u1' } })
    expect(answer.status).toBe(201)
    expect(statements).toEqual(['begin immediate', 'commit'])
  })

  test('in process: reads after a write resolve after its COMMIT', async () => {
    const app = await started()
    const users = app.app.objects['user']!
    await users.find()
    await nextTurn()
    const order: string[] = []
    const statements = recorded()
    const created = users.create({ id: 'u1' }).then(() => order.push(`created ${statements.includes('commit')}`))
    const read = users.get('u1').then((record) => order.push(`read ${record?.['id']} ${statements.includes('commit')}`))
    await Promise.all([created, read])
    expect(order.sort()).toEqual(['created true', 'read u1 true'])
  })
})

describe('a failing request', () => {
  test('undoes only itself', async () => {
    const app = await started()
    const post = (body: unknown) => app.request('/api/account', { method: 'POST', body })
    const answers = await Promise.all([
      post({ id: 'a', name: 'A', email: 'a@b.co' }),
      post([
        { id: 'b', name: 'B' },
        { id: 'c', name: 'C', email: 'a@b.co' },
      ]),
      post({ id: 'd', name: 'D', owner: 'nobody' }),
      post([
        { id: 'e', name: 'E' },
        { id: 'f', name: 'F' },
      ]),
    ])
    expect(answers.map(({ status }) => status)).toEqual([201, 409, 422, 201])
    expect(answers[1]!.json.errors).toEqual([
      { pointer: '/1/email', code: 'duplicate', message: 'Another Account has the same value in "email".' },
    ])
    const { json } = await app.request('/api/account?$select=id')
    expect(json.items.map(({ id }: { id: string }) => id)).toEqual(['a', 'e', 'f'])
  })
})

describe('a failing COMMIT', () => {
  test('answers 503 to everybody in the turn and keeps nothing', async () => {
    const path = join(folder(), 'app.db')
    // Without a write-ahead log a reader elsewhere keeps a writer from committing.
    const db = opened(path)
    const app = await started({ datasource: db })
    await app.request('/api/user', { method: 'POST', body: { id: 'before' } })
    const other = opened(path)
    other.exec('begin')
    other.prepare('select * from "user"').all()
    const answers = await Promise.all([
      app.request('/api/user', { method: 'POST', body: { id: 'u1' } }),
      app.request('/api/user', { method: 'POST', body: [{ id: 'u2' }] }),
      app.request('/api/user/u1'),
      app.app.objects['user']!.create({ id: 'u3' }).catch((error: ObjectQLError) => error),
    ])
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503])
    const [first] = answers as Awaited<ReturnType<RunningApp['request']>>[]
    expect(first!.json).toMatchObject({ code: 'UNAVAILABLE', status: 503 })
    expect(first!.headers.get('retry-after')).toBe('1')
    other.exec('commit')
    expect((await app.request('/api/user/count')).json).toEqual({ count: 1 })
    expect((await app.request('/api/user', { method: 'POST', body: { id: 'u1' } })).status).toBe(201)
  })
})

describe('another process holds the lock', () => {
  test('503 after one wait per turn, then everything works again', async () => {
    const path = join(folder(), 'app.db')
    const app = await started({ datasource: path, busyTimeoutMs: 300 })
    await app.request('/api/user', { method: 'POST', body: { id: 'u1' } })
    const child = spawn(
      process.execPath,
      [
        '-e',
        `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(${JSON.stringify(path)}); db.exec('begin immediate'); console.log('locked'); process.stdin.once('data', () => { db.exec('rollback'); console.log('free'); process.exit() })`,
      ],
      { stdio: ['pipe', 'pipe', 'inherit'] },
    )
    cleanups.push(() => child.kill())
    const heard = (word: string) =>
      new Promise<void>((resolve) => child.stdout.on('data', (text: Buffer) => text.includes(word) && resolve()))
    await heard('locked')
    const started_ = performance.now()
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.request('/api/user', { method: 'POST', body: {} })))
    expect(performance.now() - started_).toBeLessThan(900)
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
    expect((await app.request('/api/user/u1')).status).toBe(200)
    await expect(app.app.objects['user']!.update('u1', { name: 'x' })).rejects.toMatchObject({ status: 503, code: 'UNAVAILABLE' })
    const freed = heard('free')
    child.stdin.write('go')
    await freed
    expect((await app.request('/api/user/u1', { method: 'PATCH', body: { name: 'Ann' } })).status).toBe(200)
  })
})

describe('the disk is full', () => {
  test('503, what was answered with success is there, what was not is not', async () => {
    const path = join(folder(), 'app.db')
    const bugs: unknown[] = []
    const app = await started({ datasource: path, onError: (error) => bugs.push(error) })
    const { db } = app.core.embedded!
    const { page_count: pages } = db.prepare('pragma page_count').get() as { page_count: number }
    db.exec(`pragma max_page_count = ${pages + 12}`)
    const kept: string[] = []
    let refused = 0
    for (let turn = 0; turn < 12; turn++) {
      const ids = [0, 1, 2, 3].map((index) => `t${turn}-${index}`)
      const answers = await Promise.all(
        ids.map((id, index) => app.request('/api/account', { method: 'POST', body: { id, name: id, notes: 'x'.repeat(index * 3_000) } })),
      )
      for (const [index, { status, json }] of answers.entries()) {
        if (status === 201) kept.push(ids[index]!)
        else {
          refused++
          expect(json).toMatchObject({ status: 503, code: 'UNAVAILABLE' })
        }
      }
    }
    expect(kept.length).toBeGreaterThan(0)
    expect(refused).toBeGreaterThan(0)
    const { json } = await app.request('/api/account?$select=id&$top=1000')
    expect(json.items.map(({ id }: { id: string }) => id)).toEqual([...kept].sort())
    db.exec('pragma max_page_count = 100000')
    expect((await app.request('/api/account', { method: 'POST', body: { name: 'roomy', notes: 'x'.repeat(50_000) } })).status).toBe(201)
    expect(bugs).toEqual([])
  })

  test('SQLite rolls everything back: everybody who waited is told', async () => {
    const db = opened()
    db.exec('create table t (a)')
    const turn = createTurn(db)
    const settled: (ObjectQLError | undefined)[] = []
    turn.write()
    turn.afterCommit((error) => settled.push(error))
    turn.afterCommit((error) => settled.push(error))
    // What SQLite does by itself on an I/O error.
    db.exec('rollback')
    const problem = turn.failed(Object.assign(new Error('disk I/O error'), { errcode: 10 }))
    expect(problem).toMatchObject({ status: 503 })
    expect(settled).toEqual([problem, problem])
    expect(turn.isWriting).toBe(false)
    turn.write()
    db.exec('insert into t values (1)')
    await nextTurn()
    expect(db.prepare('select count(*) as n from t').get()).toEqual({ n: 1 })
  })
})

describe('the turn itself', () => {
  test('a bug in one settle neither keeps the others waiting nor is hidden', async () => {
    const db = opened()
    const turn = createTurn(db)
    const settled: string[] = []
    const uncaught: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', (error) => uncaught.push(error))
    turn.write()
    turn.afterCommit(() => {
      throw new Error('bug')
    })
    turn.afterCommit(() => settled.push('second'))
    await nextTurn()
    await sleep(20)
    process.removeAllListeners('uncaughtException')
    for (const listener of listeners) process.on('uncaughtException', listener)
    expect(settled).toEqual(['second'])
    expect(uncaught).toMatchObject([{ message: 'bug' }])
  })

  test('flush ends it at once, nothing to end is nothing', () => {
    const db = opened()
    const turn = createTurn(db)
    turn.flush()
    turn.read()
    expect(db.isTransaction).toBe(true)
    turn.flush()
    expect(db.isTransaction).toBe(false)
  })

  test('a database that was closed under it fails, and does not hang', async () => {
    const db = opened()
    const turn = createTurn(db)
    const settled: unknown[] = []
    turn.write()
    turn.afterCommit((error) => settled.push(error))
    db.close()
    await nextTurn()
    expect(settled).toMatchObject([{ status: 503 }])
    expect(() => turn.write()).toThrow('The database is closed.')
  })
})
