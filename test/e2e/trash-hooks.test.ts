import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import type { ObjectStore } from '../../runtime-lite/object/object-store.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { allSources, type OpenSource } from '../support/sources.ts'

/** `told` collects calls; names decide what a hook does. */
const HOOKS = (waits: boolean) => `
import { told } from './told.ts'
${['beforeDelete', 'afterDelete', 'beforeRestore', 'afterRestore', 'beforePurge', 'afterPurge']
  .map(
    (event) => `
export ${waits ? 'async ' : ''}function ${event}(ctx: any) {
  ${waits ? "await ctx.api.count('paper')" : ''}
  const name = ctx.previous?.name
  told.push([ctx.event, ctx.operation, ctx.id, name, ctx.previous?.deleted_at != null, ctx.result?.name, ctx.result?.deleted_at === null].join(' '))
  if (name === 'stuck ${event}') throw new Error('No ${event}.')
  ${event === 'afterRestore' ? "if (name === 'changed') ctx.result.name = 'seen'" : ''}
}`,
  )
  .join('')}
${waits ? "export async function afterCommit(ctx: any) { told.push('committed ' + ctx.operation + ' ' + (ctx.result?.name ?? '-')) }\nexport const undone = { name: 'undone', object: 'paper', events: ['afterRestore'], phase: 'afterRollback', handler: (ctx: any) => { told.push('undone ' + ctx.operation) } }\n" : ''}
`

const SCHEMAS = {
  'schemas/told.ts': 'export const told: string[] = []\n',
  'schemas/paper.object.yml': `name: paper
soft_delete: { enabled: true, retention_days: 7 }
fields:
  name: { type: text }
  code: { type: text }
  parent: { type: master_detail, reference_to: paper }
`,
  'schemas/paper.validation.yml': `name: paper_rules
object: paper
rules:
  - { name: one_code, type: unique, field: code, case_sensitive: false, scope: { field: name, operator: "!=", value: draft }, message: "{{code}} is taken." }
`,
  'schemas/page.object.yml': 'name: page\nfields:\n  name: { type: text }\n  paper: { type: master_detail, reference_to: paper }\n',
  'schemas/plain.object.yml': 'name: plain\nfields:\n  name: { type: text }\n',
}

const kinds = [
  { kind: 'hooks that wait', waits: true },
  { kind: 'hooks that do not', waits: false },
] as const
const projects = new Map<boolean, CompiledProject>()

beforeAll(async () => {
  for (const { waits } of kinds) {
    const project = await compiledProject({
      'objectql.config.json': '{"name":"papers","dialects":["sqlite","postgres","mysql"]}',
      ...SCHEMAS,
      'schemas/paper.hook.ts': HOOKS(waits),
      'schemas/page.hook.ts':
        "import { told } from './told.ts'\nexport const beforeRestore = () => { told.push('page!') }\nexport const beforePurge = () => { told.push('page!') }\n",
    })
    expect(project.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([])
    projects.set(waits, project)
  }
}, 120_000)
afterAll(() => {
  for (const project of projects.values()) project.remove()
})

const SOURCES = allSources()

describe.for(kinds.flatMap((kind) => SOURCES.map((source) => ({ ...kind, ...source }))))('$kind, on $name', ({ waits, isThere, open }) => {
  const it = test.skipIf(!isThere)
  let source: OpenSource
  let running: RunningApp
  let told: string[] = []

  beforeAll(async () => {
    if (!isThere) return
    const { folder, output } = projects.get(waits) as CompiledProject
    source = await open('trash-hooks')
    running = await startedApp(output, { datasource: source.datasource, trash: { purge: false }, onError: () => undefined })
    told = ((await import(/* @vite-ignore */ `${folder}/schemas/told.ts`)) as { told: string[] }).told
  }, 60_000)
  afterAll(async () => {
    await running?.close()
    await source?.close()
  })
  beforeEach(() => void told.splice(0))

  const papers = (): ObjectApi => running.app.objects['paper'] as ObjectApi
  const trashed = async (id: string, values: RawRecord = {}): Promise<void> => {
    await papers().create({ id, name: id, ...values })
    await papers().delete(id)
    await settled()
    told.splice(0)
  }
  /** What nobody waits for is done. */
  const settled = async (): Promise<void> => {
    if (waits) await (await running.core.behaviours()).queue.drained()
  }
  const commits = (...texts: string[]): string[] => (waits ? texts.map((text) => `committed ${text}`) : [])

  it('restoring calls its hooks, with the record as it lay there and as it is', async () => {
    await trashed('r1')
    expect(await papers().restore('r1')).toMatchObject({ id: 'r1', deleted_at: null })
    await settled()
    expect(told).toEqual(['beforeRestore restore r1 r1 true  false', 'afterRestore restore r1 r1 true r1 true', ...commits('restore r1')])
    await papers().update('r1', { name: 'changed' })
    await papers().delete('r1')
    const answer = await running.request('/api/paper/r1/restore', { method: 'POST' })
    expect([answer.status, answer.json.name]).toEqual([200, 'seen'])
    expect(await papers().get('r1')).toMatchObject({ name: 'changed' })
  })

  it('what a hook throws keeps the record where it is', async () => {
    for (const event of ['beforeRestore', 'afterRestore', 'beforePurge', 'afterPurge']) {
      await trashed(event, { name: `stuck ${event}` })
      const work = event.endsWith('Restore') ? papers().restore(event) : papers().purge(event)
      await expect(work, event).rejects.toMatchObject({ status: 422, message: `No ${event}.` })
      expect(await papers().get(event)).toBeNull()
      expect(await papers().get(event, { deleted: 'only' }), event).toMatchObject({ id: event })
      await settled()
      expect(told.includes('undone restore'), event).toBe(waits && event.endsWith('Restore'))
    }
  })

  it('purging calls its hooks: of what is in the trash these alone, of what is not also those of deleting', async () => {
    await trashed('p1')
    await papers().purge('p1')
    await papers().create({ id: 'p2', name: 'p2' })
    await settled()
    told.splice(0)
    expect((await running.request('/api/paper/p2?purge=true', { method: 'DELETE' })).status).toBe(204)
    await settled()
    expect(told.slice(0, 4)).toEqual([
      'beforeDelete delete p2 p2 false  false',
      'beforePurge purge p2 p2 false  false',
      'afterPurge purge p2 p2 false p2 true',
      'afterDelete delete p2 p2 false p2 true',
    ])
    expect(told.slice(4).sort()).toEqual(commits('delete p2', 'purge p2').sort())
    expect(await papers().count({ where: { id: { $in: ['p1', 'p2'] } }, deleted: 'with' })).toBe(0)
  })

  it('many: the hooks of each, all or none; what goes along has none', async () => {
    await papers().createMany(['m1', 'm2', 'm3'].map((id) => ({ id, name: id })))
    await papers().create({ id: 'm4', name: 'm4', parent: 'm1' })
    await running.app.objects['page']!.create({ id: 'g1', name: 'g', paper: 'm1' })
    await papers().deleteMany({ id: { $in: ['m1', 'm2', 'm3'] } })
    await settled()
    told.splice(0)
    expect(await papers().restoreMany({ id: { $in: ['m1', 'm2'] } })).toBe(2)
    await settled()
    expect(told.slice(0, 4)).toEqual([
      'beforeRestore restore m1 m1 true  false',
      'beforeRestore restore m2 m2 true  false',
      'afterRestore restore m1 m1 true m1 true',
      'afterRestore restore m2 m2 true m2 true',
    ])
    expect(told).not.toContain('page!')
    expect(await running.app.objects['page']!.get('g1')).toMatchObject({ name: 'g' })
    // m4 belongs to m1, which is restored in the same call.
    await papers().deleteMany({ id: { $in: ['m1', 'm2'] } })
    await papers().purge('m3')
    await papers().create({ id: 'm5', name: 'stuck beforePurge' })
    await papers().delete('m5')
    await expect(papers().purgeMany({ id: { $in: ['m2', 'm5'] } })).rejects.toMatchObject({ status: 422 })
    expect(await papers().count({ where: { id: { $in: ['m2', 'm5'] } }, deleted: 'only' })).toBe(2)
    expect(await papers().purgeMany({ id: 'm2' })).toBe(1)
    expect(await papers().restoreMany({ id: 'nobody' })).toBe(0)
  })

  it('refuses as without hooks, and calls none of them', async () => {
    await papers().create({ id: 'n1', name: 'n1' })
    await settled()
    told.splice(0)
    await expect(papers().restore('n1')).rejects.toMatchObject({ status: 409 })
    await expect(papers().restore('nobody')).rejects.toMatchObject({ status: 404 })
    await expect(papers().purge('nobody')).rejects.toMatchObject({ status: 404 })
    await expect(running.app.objects['plain']!.restore('x')).rejects.toMatchObject({ status: 404 })
    expect(told.filter((text) => /Restore/.test(text))).toEqual([])
    await papers().create({ id: 'n2', name: 'n2', parent: 'n1' })
    await papers().delete('n2')
    await papers().delete('n1')
    await expect(papers().restore('n2')).rejects.toMatchObject({ status: 409 })
    expect(await papers().restoreMany({ id: { $in: ['n2', 'n1'] } })).toBe(2)
  })

  it('a unique rule holds for what comes back', async () => {
    await trashed('u1', { code: 'A1' })
    await papers().create({ id: 'u2', name: 'u2', code: 'a1' })
    const refused = await papers()
      .restore('u1')
      .then(
        () => undefined,
        (error: { status: number }) => error.status,
      )
    expect([409, 422]).toContain(refused)
    expect(await papers().get('u1')).toBeNull()
    await papers().update('u2', { name: 'draft' })
    await papers().restore('u1')
    expect(await papers().count({ where: { code: { $in: ['A1', 'a1'] } } })).toBe(2)
  })

  it('registered hooks and events take part', async () => {
    await trashed('e1')
    const { app } = running
    const heard: string[] = []
    const off = app.on('before_restore', 'paper', async (ctx) => void heard.push(`hook ${ctx.event} ${ctx.id}`))
    const offPurge = app.on('afterPurge', '*', (ctx) => void heard.push(`hook ${ctx.event} ${ctx.object}`))
    const stop = app.events.on('record.*.paper', ({ name, payload }) => {
      const { id, record, user } = payload as { id: string; record: RawRecord; user?: string }
      heard.push(`${name} ${id} ${record['name']} ${user}`)
    })
    await app.as({ id: 'ida' }, () => papers().restore('e1'))
    await app.as({ id: 'ida' }, () => papers().purge('e1'))
    while (!heard.some((text) => text.startsWith('record.purged'))) await new Promise((resolve) => setTimeout(resolve, 2))
    stop()
    off()
    offPurge()
    expect(heard.filter((text) => text.startsWith('hook'))).toEqual(['hook beforeRestore e1', 'hook afterPurge paper'])
    expect(heard.filter((text) => text.startsWith('record')).sort()).toEqual([
      'record.deleted.paper e1 e1 ida',
      'record.purged.paper e1 e1 ida',
      'record.restored.paper e1 e1 ida',
    ])
  })

  it('retention calls them, and leaves what a hook holds', async () => {
    await trashed('t1')
    await trashed('t2', { name: 'stuck beforePurge' })
    await running.app.purgeTrash({ object: 'paper', olderThanDays: 0 })
    await settled()
    expect(told.filter((text) => / t1 /.test(text)).slice(-2)).toEqual([
      'beforePurge purge t1 t1 true  false',
      'afterPurge purge t1 t1 true t1 false',
    ])
    expect(await papers().get('t1', { deleted: 'with' })).toBeNull()
    expect(await papers().get('t2', { deleted: 'with' })).toMatchObject({ id: 't2' })
  })

  it('deleting for good what is there and what is in the trash calls the hooks of each', async () => {
    await trashed('w1')
    await papers().create({ id: 'w2', name: 'w2' })
    await settled()
    told.splice(0)
    const gone = (deleted?: 'with' | 'only', isPurged = true, ids = ['w1', 'w2']): Promise<number> =>
      running.app.transaction(async () => {
        const store = (await running.core.transactions?.current()?.store('paper')) as ObjectStore
        const filter = store.readFilter({ id: { $in: ids } })
        return store.deleteMany(deleted ? { ...filter, deleted } : filter, { isPurged })
      })
    // What is in the trash is not put there again.
    expect(await gone('only', false)).toBe(0)
    expect(told).toEqual([])
    expect(await gone('with')).toBe(2)
    await settled()
    const alive = ['beforeDelete delete w2 w2 false  false', 'beforePurge purge w2 w2 false  false']
    expect(told.filter((text) => / w1 /.test(text))).toEqual([
      'beforePurge purge w1 w1 true  false',
      'afterPurge purge w1 w1 true w1 false',
    ])
    expect(told.filter((text) => /^before.* w2 /.test(text))).toEqual(alive)
    expect(await papers().count({ deleted: 'with', where: { id: { $in: ['w1', 'w2'] } } } as never)).toBe(0)
    // Without naming the trash, what is there alone.
    await trashed('w3')
    await papers().create({ id: 'w4', name: 'w4' })
    await settled()
    told.splice(0)
    expect(await gone(undefined, true, ['w3', 'w4'])).toBe(1)
    await settled()
    expect(told.filter((text) => /^before/.test(text))).toEqual(alive.map((text) => text.replaceAll('w2', 'w4')))
    // A record that is there is put into the trash; the other stays there as it was.
    await papers().create({ id: 'w5', name: 'w5' })
    await settled()
    told.splice(0)
    expect(await gone('with', false, ['w3', 'w5'])).toBe(1)
    await settled()
    expect(told.filter((text) => /^before/.test(text))).toEqual([alive[0]?.replaceAll('w2', 'w5')])
    expect(await papers().count({ deleted: 'only', where: { id: { $in: ['w3', 'w5'] } } } as never)).toBe(2)
  })
})
