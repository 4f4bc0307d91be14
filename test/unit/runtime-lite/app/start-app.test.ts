import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { CONTRACT as EMITTED_CONTRACT } from '../../../../compiler/6-emit/app/contract.ts'
import { coreOf } from '../../../../runtime-lite/app/app.ts'
import { CONTRACT } from '../../../../runtime-lite/app/app-manifest.ts'
import { startApp } from '../../../../runtime-lite/app/start-app.ts'
import { queryPlansOf } from '../../../../runtime-lite/object/query-plans.ts'
import { appIr, objectIr } from '../../../support/ir.ts'
import { officeApp } from '../../../support/office.ts'
import { runningApp } from '../../../support/running-app.ts'

const folder = mkdtempSync(join(tmpdir(), 'app-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('createApp', () => {
  test('the emitted contract is the one of the runtime, another one does not start', async () => {
    expect(EMITTED_CONTRACT).toBe(CONTRACT)
    const app = await runningApp(officeApp())
    await expect(startApp({ ...app.core.manifest, contract: CONTRACT + 1 })).rejects.toThrow('Run "objectql compile" again')
    await app.close()
  })

  test('records are there after a restart', async () => {
    const datasource = `sqlite:${join(folder, 'restart.db')}`
    const first = await runningApp(officeApp(), { datasource })
    await first.app.objects['user']!.create({ id: 'u1', name: 'Ann' })
    await first.close()
    const second = await runningApp(officeApp(), { datasource })
    expect(await second.app.objects['user']!.get('u1')).toMatchObject({ name: 'Ann' })
    await second.close()
  })

  test('an open database is used and left open', async () => {
    const db = new DatabaseSync(':memory:')
    const app = await runningApp(officeApp(), { datasource: db })
    await app.app.objects['user']!.create({ id: 'u1' })
    await app.close()
    expect(db.prepare('select "id" from "user"').all()).toEqual([{ id: 'u1' }])
    db.close()
  })

  test('what cannot be opened or migrated rejects', async () => {
    await expect(runningApp(officeApp(), { datasource: 'oracle://x' })).rejects.toThrow('not a SQLite database')
    const path = join(folder, 'not.db')
    writeFileSync(path, 'x'.repeat(5000))
    await expect(runningApp(officeApp(), { datasource: path })).rejects.toThrow()
    const app = await runningApp(officeApp(), { migrate: false, onError: () => undefined })
    expect((await app.request('/api/user')).json).toMatchObject({ status: 500, code: 'DATABASE_ERROR' })
    await app.close()
  })

  test('closing commits what is open, twice is once', async () => {
    const datasource = join(folder, 'close.db')
    const app = await runningApp(officeApp(), { datasource })
    await app.app.objects['user']!.find()
    const created = app.app.objects['user']!.create({ id: 'u1' })
    await app.app.close()
    await created
    await app.close()
    const db = new DatabaseSync(datasource)
    expect(db.prepare('select "id" from "user"').all()).toEqual([{ id: 'u1' }])
    db.close()
    await expect(app.app.objects['user']!.find()).rejects.toMatchObject({ status: 503, code: 'UNAVAILABLE' })
    await expect(app.app.objects['user']!.create({})).rejects.toMatchObject({ status: 503 })
  })

  test('objects may be called like what every object inherits', async () => {
    const names = ['constructor', '__proto__', 'toString', 'hasOwnProperty']
    const objects = names.map((name, index) =>
      objectIr({
        name,
        fields: { title: 'text', next: { type: 'lookup', reference: { object: names[(index + 1) % names.length]! } } },
        names: { pascal: `Odd${index}`, pascalPlural: `Odds${index}`, camel: `odd${index}`, file: `odd-${index}` },
      }),
    )
    const app = await runningApp(appIr(objects))
    expect(Object.keys(app.app.objects).sort()).toEqual([...names].sort())
    for (const name of names)
      expect((await app.request(`/api/${name}`, { method: 'POST', body: { id: 'x', title: name } })).status).toBe(201)
    for (const name of names) expect((await app.request(`/api/${name}/x`, { method: 'PATCH', body: { next: 'x' } })).status, name).toBe(200)
    expect((await app.request('/api/constructor/x?$expand=next.next')).json).toMatchObject({
      next: { title: '__proto__', next: { title: 'toString' } },
    })
    expect((await app.request('/api/valueOf')).status).toBe(404)
    await app.close()
  })

  test('plans are loaded once each, also when many ask at once, and a broken one is a 500 until it is not', async () => {
    const reported: unknown[] = []
    const app = await runningApp(officeApp(), { onError: (error) => reported.push(error) })
    const { objects } = app.core.manifest
    const load = vi.fn(objects['user']!)
    const good = objects['task']!
    let isBroken = true
    Object.assign(objects, { user: load, task: () => (isBroken ? Promise.reject(new Error('unreadable')) : good()) })
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => app.request('/api/user')),
      ...Array.from({ length: 5 }, () => app.request('/api/account?$expand=owner.boss')),
    ])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    const loads = load.mock.calls.length
    await app.request('/api/user?$expand=boss')
    expect(load.mock.calls.length).toBe(loads)
    expect((await app.request('/api/task')).status).toBe(500)
    expect(reported).toMatchObject([{ message: 'unreadable' }])
    isBroken = false
    expect((await app.request('/api/task')).status).toBe(200)
    await app.close()
  })

  test('a listener of errors that throws itself does not cost the answer', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    const app = await runningApp(officeApp(), {
      migrate: false,
      onError: () => {
        throw new Error('listener')
      },
    })
    expect((await app.request('/api/user')).status).toBe(500)
    expect(printed).toHaveBeenCalledWith(expect.objectContaining({ message: 'listener' }))
    await app.close()
    const silent = await runningApp(officeApp(), { migrate: false })
    await silent.request('/api/user')
    expect(printed).toHaveBeenLastCalledWith(expect.objectContaining({ message: expect.stringContaining('no such table') }))
    await silent.close()
    printed.mockRestore()
  })

  test('statements do not pile up', async () => {
    const app = await runningApp(officeApp(), { api: { maxUrlBytes: 200_000 } })
    const fields = ['name', 'email', 'notes', 'stage', 'opens']
    for (let index = 0; index < 5_000; index++) {
      const condition = Array.from(
        { length: 80 },
        (_, bit) => `${fields[(index >> (bit % 13)) % 5]} ${index & (1 << (bit % 13)) ? 'eq' : 'ne'} null`,
      ).join(' and ')
      await app.request(`/api/account?$filter=${encodeURIComponent(condition)}`)
      if (index % 500 === 0) await nextTurn()
    }
    expect(queryPlansOf(await app.core.database()).count).toBeLessThan(2_500)
    await app.close()
  })

  test('anything else is no application', () => {
    expect(() => coreOf({} as never)).toThrow('not an application made by createApp')
  })
})
