import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { startedWorkflows, type WorkflowApp } from '../support/workflow-app.ts'

const SCHEMAS = {
  'schemas/note.object.yml':
    'name: note\nfields:\n  name: { type: text, required: true }\n  done: { type: number, defaultValue: 0 }\n  by: { type: text }\n',
  'schemas/note.action.js': `
export const slowly = { handler: async ({ id, user, api }) => {
  await new Promise((resolve) => setTimeout(resolve, 50))
  const note = await api.object('note').get(id)
  await api.object('note').update(id, { done: note.done + 1, by: user.id ?? null })
} }
`,
  'schemas/twice.workflow.yml':
    'name: twice\nobject: note\ntrigger: create\nsteps:\n  - { name: a, type: script, handler: slowly }\n  - { name: b, type: script, handler: slowly }\n',
}

const FILE = join(import.meta.dirname, '..', '..', 'tmp', `runner-${process.pid}.db`)
let compiled: CompiledApp

beforeAll(async () => {
  mkdirSync(join(import.meta.dirname, '..', '..', 'tmp'), { recursive: true })
  compiled = await compiledApp(SCHEMAS, ['sqlite', 'postgres', 'mysql'])
  expect(compiled.reported).toEqual([])
}, 60_000)

afterAll(() => {
  compiled?.remove()
  for (const end of ['', '-shm', '-wal']) rmSync(FILE + end, { force: true })
})

/** Looks until it holds; five seconds at most. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 5_000; waited += 20) {
    if (await holds()) return
    await sleep(20)
  }
  throw new Error('It did not happen within five seconds.')
}

const DATABASES = [
  { name: 'SQLite', open: () => ({ url: `sqlite:${FILE}`, drop: () => undefined }), isThere: true },
  { name: 'SQLite in memory', open: () => ({ url: ':memory:', drop: () => undefined }), isThere: true },
  {
    name: 'PostgreSQL',
    open: () => {
      const database = postgres.create('workflow_runner')
      return { url: `postgres://postgres@127.0.0.1:5432/${database.name}`, drop: database.drop }
    },
    isThere: isReachable(postgres),
  },
  {
    name: 'MariaDB',
    open: () => {
      const database = mysql.create('workflow_runner')
      return { url: `mysql://root@127.0.0.1:3306/${database.name}`, drop: database.drop }
    },
    isThere: isReachable(mysql),
  },
]

test.each(DATABASES.filter(({ isThere }) => isThere))('writes wake the runner, and closing waits for it, on $name', async ({ open }) => {
  const database = open()
  const reported: unknown[] = []
  // So rarely that only what a write wakes is seen here.
  const options = { datasource: database.url, onError: (error: unknown) => void reported.push(error), workflows: { pollInterval: 600_000 } }
  let app: WorkflowApp = await startedWorkflows(compiled.folder, options)
  try {
    const notes = (): ObjectApi => app.objects['note'] as ObjectApi
    const isDone = async (id: unknown): Promise<boolean> => (await notes().get(String(id)))?.['done'] === 2
    const one = await app.as({ id: 'ada' }, () => notes().create({ name: 'one' }))
    await until(() => isDone(one['id']))
    // Steps act for the application; who started it is known.
    expect(await notes().get(String(one['id']))).toMatchObject({ by: 'ada' })
    const two = await app.transaction(async () => {
      const made = await notes().create({ name: 'two' })
      await sleep(60)
      return made
    })
    await until(() => isDone(two['id']))
    const three = await notes().create({ name: 'three' })
    await sleep(30)
    await app.close()
    if (database.url !== ':memory:') {
      app = await startedWorkflows(compiled.folder, options)
      await until(() => isDone(three['id']))
    }
    expect(reported).toEqual([])
  } finally {
    await app.close()
    database.drop()
  }
})
