import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'
import { createPresence } from '../../runtime-lite/database/presence.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../support/database-servers.ts'
import { random, testSeed } from '../support/random.ts'
import { until } from '../unit/runtime-lite/postgres/support.ts'

interface Notes {
  readonly note: { create(values: object): Promise<unknown>; count(): Promise<number> }
}

let compiled: CompiledApp
let createApp: (options: AppOptions) => Promise<App<Notes>>

beforeAll(async () => {
  compiled = await compiledApp({ 'schemas/note.object.yml': 'name: note\nfields:\n  title: { type: text }\n' }, [
    'sqlite',
    'postgres',
    'mysql',
  ])
  ;({ createApp } = (await import(pathToFileURL(`${compiled.folder}/index.ts`).href)) as { createApp: typeof createApp })
}, 60_000)
afterAll(() => compiled?.remove())

const SERVERS = [
  {
    server: postgres,
    driver: 'postgres',
    url: (name: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${name}`,
    kill: ({ run, name }: ScratchDatabase) =>
      run(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}' and pid <> pg_backend_pid();`),
  },
  {
    server: mysql,
    driver: 'mysql',
    url: (name: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${name}`,
    kill({ run, name }: ScratchDatabase) {
      const ids = run(`select id from information_schema.processlist where db = '${name}' and id <> connection_id()`)
      for (const id of ids.split('\n').filter((line) => line !== '')) {
        try {
          run(`kill ${id}`)
        } catch {
          // It was gone already.
        }
      }
    },
  },
] as const

describe.each(SERVERS.filter(({ server }) => isReachable(server)))('$driver', ({ server, driver, url, kill }) => {
  let database: ScratchDatabase
  beforeAll(() => {
    database = server.create(`presence_${driver}`)
  })
  afterAll(() => database.drop())

  test('tells that it is connected, lost when its connections are killed, and back', async () => {
    const app = await createApp({ datasource: url(database.name), events: { keep: 100 } })
    const told = (): readonly string[] =>
      app.events.replay('driver:*').map(({ name, payload }) => `${name} ${(payload as { driver: string }).driver}`)
    const [connected, lost] = [`driver:connected ${driver}`, `driver:lost ${driver}`]
    try {
      expect(told()).toEqual([connected])
      for (let round = 0; round < 3; round++) {
        const before = told().length
        await Promise.all(Array.from({ length: 20 }, () => app.objects.note.create({ title: 'x' })))
        expect(told().length).toBe(before)
        kill(database)
        await until(() => told().length > before)
        // It may be back by now.
        expect(told()[before]).toBe(lost)
        const [{ payload } = { payload: undefined }] = app.events.replay('driver:lost', { last: 1 })
        expect((payload as { readonly error?: unknown }).error).toBeInstanceOf(Error)
        expect(await app.objects.note.count()).toBe((round + 1) * 20)
        expect(told().slice(before)).toEqual([lost, connected])
      }
    } finally {
      const before = told().length
      await app.close()
      // Whoever closes a database does not miss it.
      expect(told().length).toBe(before)
    }
  }, 60_000)
})

test('whoever never connected has lost nothing, and connections that are closed are not missed', () => {
  const seed = testSeed()
  const { below } = random(seed)
  for (let round = 0; round < 300; round++) {
    const told: string[] = []
    const presence = createPresence()
    const stop = presence.watch(({ state }) => told.push(state))
    // Slow and obvious: how many connections there are, and what was told last.
    let open = 0
    let last = 'lost'
    const expected: string[] = []
    const tell = (state: string): void => {
      if (state !== last) expected.push(state)
      last = state
    }
    for (let step = 0; step < 20; step++) {
      const what = below(4)
      if (what === 0) {
        presence.opened()
        open++
        tell('connected')
      } else if (what === 3) {
        presence.failed(new Error('away'))
        if (open === 0) tell('lost')
      } else if (open > 0) {
        open--
        presence.ended(what === 1)
        if (open === 0 && what === 2) tell('lost')
      }
      expect(told, `seed ${seed}`).toEqual(expected)
    }
    stop()
    presence.opened()
    expect(told).toEqual(expected)
  }
})
