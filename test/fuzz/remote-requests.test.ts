import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { complaint } from '../support/complaint.ts'
import { type HostileRequest, hostileRequest } from '../support/hostile.ts'
import { officeApp } from '../support/office.ts'
import { random, testSeed } from '../support/random.ts'
import { type RunningApp, runningApp } from '../support/running-app.ts'
import { type OpenSource, remoteSources } from '../support/sources.ts'

const seed = testSeed()
const cases = Number(process.env['OBJECTQL_CASES'] ?? 3_000)

/** So many are answered at once: what one of them leaves behind on a connection would meet the others. */
const AT_ONCE = 8

/** Milliseconds a request may take on a busy machine. */
const PATIENCE = 10_000

test.for(remoteSources())(
  'hostile requests on $name get a problem document or a correct answer, and leave no connection behind',
  { timeout: 300_000 },
  async (source, { skip }) => {
    if (!source.isThere) skip()
    console.log(`requests on ${source.name}: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${cases}`)
    const opened = await source.open('hostile')
    const bugs: unknown[] = []
    const app = await runningApp(officeApp(), {
      datasource: opened.datasource,
      dialects: ['postgres', 'mysql'],
      onError: (error) => bugs.push(error),
    })
    try {
      opened.scratch?.run(vault(source.name))
      const generator = random(seed)
      for (let done = 0; done < cases; done += AT_ONCE) {
        if (done % 48 === 0) await furnish(app)
        const requests = Array.from({ length: AT_ONCE }, () => hostileRequest(generator))
        await Promise.all(
          requests.map(async (request, index) => {
            const answer = await within(app.request(request.target, request), request)
            const problem = complaint(request, answer)
            if (problem !== undefined || bugs.length > 0)
              expect.fail(
                `Seed ${seed}, request ${done + index}: ${problem}\n${shown(request)}\n${answer.text.slice(0, 500)}\n${inspect(bugs)}`,
              )
          }),
        )
      }
      expect(opened.scratch?.run(`select content from vault`).trim()).toBe('gold')
      await expectQuiet(app, opened, source.name)
    } finally {
      await app.close()
      await opened.close()
    }
  },
)

async function within<Result>(work: Promise<Result>, request: HostileRequest): Promise<Result> {
  const timer = new AbortController()
  const late = sleep(PATIENCE, undefined, { signal: timer.signal }).then(
    () => Promise.reject(new Error(`No answer: seed ${seed}\n${shown(request)}`)),
    () => undefined as never,
  )
  try {
    return await Promise.race([work, late])
  } finally {
    timer.abort()
  }
}

const shown = (request: HostileRequest): string =>
  inspect({ ...request, body: request.body && Buffer.from(request.body).toString().slice(0, 300) }, { depth: 5 })

const vault = (name: string): string =>
  `insert into vault (id, content, created_at, updated_at) values ('v1', 'gold', ${name === 'MariaDB' ? 'now(), now()' : "'2024-01-01Z', '2024-01-01Z'"});`

/** Something to read, to change and to be in the way; requests may have deleted it. */
async function furnish({ app }: RunningApp): Promise<void> {
  const { user, account } = app.objects as Record<'user' | 'account', ObjectApi>
  await user.upsert({ id: 'u1', name: 'Ann' })
  await account.upsert({ id: 'a1', name: 'Acme', owner: 'u1', team: ['u1'] })
  await account.update('a1', { email: 'a@b.co' }).catch(() => undefined)
}

/** Every connection is idle again and none is in a transaction; the whole pool still works. */
async function expectQuiet({ core, app }: RunningApp, { scratch }: OpenSource, name: string): Promise<void> {
  await expect.poll(() => core.driver?.statistics().waiting).toBe(0)
  await expect.poll(() => (core.driver?.statistics().size ?? 0) - (core.driver?.statistics().idle ?? 0)).toBe(0)
  const open =
    name === 'PostgreSQL'
      ? `select count(*) from pg_stat_activity where datname = '${scratch?.name}' and (state like 'idle in transaction%' or wait_event_type = 'Lock')`
      : `select count(*) from information_schema.innodb_trx t join information_schema.processlist p on p.id = t.trx_mysql_thread_id where p.db = '${scratch?.name}'`
  expect(scratch?.run(open).trim()).toBe('0')
  const users = app.objects['user'] as ObjectApi
  const counts = await Promise.all(Array.from({ length: 40 }, () => app.transaction(() => users.count())))
  expect(new Set(counts).size).toBe(1)
}
