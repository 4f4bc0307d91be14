import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ASKED_SCHEMAS } from '../support/asked-schemas.ts'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { remoteSources } from '../support/sources.ts'

const RACES = 200

let folder: CompiledFolder
beforeAll(async () => {
  folder = await compiledFolder(ASKED_SCHEMAS)
}, 60_000)
afterAll(() => folder.remove())

/** What became of each attempt: the status it was answered with. */
const tally = (statuses: readonly number[]): Record<number, number> =>
  Object.fromEntries([...new Set(statuses)].sort().map((status) => [status, statuses.filter((one) => one === status).length]))

describe.each(remoteSources())('writers at once on $name', ({ isThere, open }) => {
  test.runIf(isThere)('never break a rule that asks the database', { timeout: 240_000 }, async () => {
    const source = await open('rule_races')
    const apps: RunningApp[] = []
    for (let count = 0; count < 3; count++)
      apps.push(await startedApp(folder.generated, { datasource: source.datasource, migrate: true } as never))
    const [first] = apps as [RunningApp]
    const post = (app: RunningApp, target: string, body: unknown, method = 'POST') => app.request(`/api${target}`, { method, body })
    try {
      const codes: number[] = []
      const names: number[] = []
      const states: number[] = []
      const parents: string[] = []
      for (let race = 0; race < RACES; race++) {
        // Held by an index, asked under a lock.
        const [byCode, byName] = await Promise.all([
          Promise.all(apps.map((app, at) => post(app, '/project', { code: at % 2 ? `c${race}` : `C${race}` }))),
          Promise.all(apps.map((app) => post(app, '/project', { name: `n${race}`, amount: 500 }))),
        ])
        codes.push(...byCode.map(({ status }) => status))
        names.push(...byName.map(({ status }) => status))
        if (race % 4 !== 0) continue
        // One transition out of a state, in two directions.
        await post(first, '/project', { id: `s${race}` })
        await post(first, `/project/s${race}`, { status: 'open' }, 'PATCH')
        const moved = await Promise.all(
          apps.map((app, at) => post(app, `/project/s${race}`, { status: at % 2 ? 'draft' : 'done' }, 'PATCH')),
        )
        states.push(moved.filter(({ status }) => status === 200).length)
        // A child comes while its parent goes; a parent changes while somebody begins to refer to it.
        await post(first, '/account', { id: `a${race}` })
        await post(first, '/project', { id: `p${race}` })
        await Promise.all([
          post(first, `/project/p${race}`, undefined, 'DELETE'),
          post(apps[1] as RunningApp, '/task', { id: `t${race}`, project: `p${race}` }),
          post(apps[2] as RunningApp, `/account/a${race}`, { active: false }, 'PATCH'),
        ])
        const task = await first.request(`/api/task/t${race}`)
        // Whoever came first: a task that was made keeps its project.
        if (task.status === 200) parents.push(String(task.json.project))
      }
      expect(tally(codes)).toEqual({ 201: RACES, 422: RACES * 2 })
      expect(tally(names)).toEqual({ 201: RACES, 422: RACES * 2 })
      for (const count of states) expect(count).toBeGreaterThan(0)
      expect(parents).not.toContain('null')
    } finally {
      for (const app of apps) await app.close()
      await source.close()
    }
  })
})

test('processes at once on one file of SQLite never break a unique rule', { timeout: 120_000 }, async () => {
  const place = mkdtempSync(join(tmpdir(), 'objectql-rule-races-'))
  try {
    const script = join(place, 'writer.ts')
    writeFileSync(
      script,
      `import { createApp } from ${JSON.stringify(join(folder.generated, 'index.ts'))}
const app = await createApp({ datasource: ${JSON.stringify(`sqlite:${join(place, 'a.db')}`)} })
const made = { code: 0, name: 0, refused: 0 }
for (let race = 0; race < ${RACES}; race++)
  for (const [kind, input] of [['code', { code: \`C\${race}\` }], ['name', { name: \`n\${race}\`, amount: 500 }]])
    for (;;) {
      try { await app.objects.project.create(input); made[kind]++; break }
      catch (error) { if (error.status === 422) { made.refused++; break } if (error.status !== 503) throw error }
    }
await app.close()
console.log(JSON.stringify(made))
`,
    )
    const first = await startedApp(folder.generated, { datasource: `sqlite:${join(place, 'a.db')}` } as never)
    await first.close()
    const results = await Promise.all(
      [1, 2, 3].map(
        () =>
          new Promise<{ code: number; name: number; refused: number }>((resolve, reject) => {
            const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], { stdio: ['ignore', 'pipe', 'pipe'] })
            let [out, err] = ['', '']
            child.stdout.on('data', (text) => (out += text))
            child.stderr.on('data', (text) => (err += text))
            child.on('close', (code) => (code === 0 ? resolve(JSON.parse(out.trim().split('\n').at(-1) ?? '')) : reject(new Error(err))))
          }),
      ),
    )
    const sum = (kind: 'code' | 'name' | 'refused'): number => results.reduce((total, one) => total + one[kind], 0)
    expect([sum('code'), sum('name'), sum('refused')]).toEqual([RACES, RACES, RACES * 4])
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})
