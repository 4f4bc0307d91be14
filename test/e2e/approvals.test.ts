import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { type CompiledApp, compiledApp } from '../support/compiled-app.ts'
import { onDatabases } from '../support/on-databases.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { startedWorkflows, stepsOf, type WorkflowApp } from '../support/workflow-app.ts'

const HOUR = 3_600_000

const workflow = (name: string, step: string, more = ''): Record<string, string> => ({
  [`schemas/${name}.workflow.yml`]: `
name: ${name}
object: paper
trigger: manual
${more}
steps:
  - name: ask
    type: approval
${step
  .trim()
  .split('\n')
  .map((line) => `    ${line}`)
  .join('\n')}
    actions:
      approve: { updates: { state: approved } }
      reject: { outcome: rejected, updates: { state: refused } }
      rewrite: { next_step: rewritten }
  - { name: rewritten, type: field_update, field_updates: { state: rewritten } }
`,
})

const THREE = 'assignees: [{ type: user, user: ada }, { type: user, user: bea }, { type: role, role: boss }]'

const SCHEMAS = {
  'schemas/paper.object.yml': `
name: paper
fields:
  name: { type: text }
  state: { type: text }
  readers: { type: tags }
`,
  ...workflow('all', THREE),
  ...workflow('any', `${THREE}\nrequire: any`),
  ...workflow('two', `${THREE}\nrequired_approvals: 2\nfirst_rejection_ends: false`),
  ...workflow('majority', 'assignees: [{ type: field, field: readers }]\napproval_mode: majority'),
  ...workflow('part', 'assignees: { type: field, field: readers }\nquorum: 60%'),
  ...workflow('quorum', 'assignee: { type: role, role: boss }\nrequired_approvals: 2'),
  ...workflow('in_turn', `${THREE}\nexecution_mode: sequential`),
  ...workflow('late', `${THREE}\ntimeout: 2h\nescalate_to: { type: role, role: director }`),
  ...workflow('late_alone', 'assignee: { type: user, user: ada }\ntimeout: 2h\non_timeout: { escalate_to: { type: user, user: zoe } }'),
  ...workflow('given_up', `${THREE}\ntimeout: 2h\non_timeout: reject`),
  ...workflow('late_then', `${THREE}\ntimeout: 2h\nescalate_to: { type: role, role: director }\non_timeout: reject`),
  ...workflow('over', `${THREE}\ntimeout: 2h`),
  ...workflow('fixed', 'assignee: { type: user, user: ada }\nallow_reassign: false'),
  ...workflow('handed', 'assignee: { type: user, user: ada }\ntimeout: 2h', 'permissions: { reassign: [desk], view: [desk] }'),
}

onDatabases('approvals', ({ dialects, open }) => {
  let compiled: CompiledApp
  let app: WorkflowApp
  let drop = (): void => undefined
  const clock = virtualClock()

  beforeAll(async () => {
    compiled = await compiledApp(SCHEMAS, dialects)
    expect(compiled.reported).toEqual([])
    const database = open('approvals')
    drop = database.drop
    app = await startedWorkflows(compiled.folder, { ...database.options, workflows: { clock, run: false } })
  }, 60_000)

  afterAll(async () => {
    await app?.close()
    compiled?.remove()
    drop()
  })

  const ROLES: Readonly<Record<string, readonly string[]>> = {
    carl: ['boss'],
    cora: ['boss'],
    bea: ['boss'],
    dora: ['director'],
    desk: ['desk'],
  }
  const as = <Result>(id: string, work: () => Promise<Result>): Promise<Result> => app.as({ id, roles: [...(ROLES[id] ?? [])] }, work)
  const papers = (): ObjectApi => app.objects['paper'] as ObjectApi

  /** A paper in a workflow, and what people do with it. */
  async function started(name: string, values: object = {}) {
    const id = String((await papers().create({ name, ...values }))['id'])
    const instance = String(await app.workflows.start(name, { record: id }))
    await app.workflows.runDue()
    const tasksOf = (who: string) => as(who, async () => (await app.workflows.tasks({ record: id })).items)
    return {
      instance,
      tasksOf,
      all: async () => (await app.workflows.tasks({ record: id, assignee: '*' })).items,
      async says(who: string, action: string, index = 0) {
        const task = (await tasksOf(who))[index]
        if (!task) throw new Error(`"${who}" is asked for nothing.`)
        const answer = await as(who, () => app.workflows.act(task.id, action))
        await app.workflows.runDue()
        return answer
      },
      state: async () => ((await papers().get(id)) as { state: unknown }).state,
      how: async () => (await app.workflows.instances({ record: id })).items[0],
    }
  }

  test('all have to agree, and the first who does not ends it', async () => {
    const paper = await started('all')
    expect((await paper.all()).map(({ assignee }) => assignee?.name).sort()).toEqual(['ada', 'bea', 'boss'])
    await paper.says('ada', 'approve')
    await paper.says('carl', 'approve')
    expect([await paper.state(), (await paper.how())?.state]).toEqual([null, 'running'])
    expect(await paper.says('bea', 'approve')).toMatchObject({ outcome: 'approved' })
    expect([await paper.state(), (await paper.how())?.state]).toEqual(['approved', 'completed'])

    const other = await started('all')
    await other.says('ada', 'approve')
    await other.says('carl', 'reject')
    expect([await other.state(), (await other.how())?.outcome]).toEqual(['refused', 'rejected'])
    expect(await other.all()).toEqual([])
    expect(await stepsOf(app.workflows, other.instance)).toEqual(['ask:done', 'ask:done', 'ask:cancelled', 'ask:done'])
  })

  test('one is enough, whatever is said', async () => {
    const paper = await started('any')
    await paper.says('bea', 'approve')
    expect([await paper.state(), (await paper.how())?.state, await paper.all()]).toEqual(['approved', 'completed', []])
  })

  test('a number is enough, while it can still be had', async () => {
    const paper = await started('two')
    await paper.says('ada', 'reject')
    expect((await paper.how())?.state).toBe('running')
    await paper.says('bea', 'approve')
    await paper.says('carl', 'approve')
    expect(await paper.state()).toBe('approved')
    const other = await started('two')
    await other.says('ada', 'reject')
    await other.says('bea', 'reject')
    expect([await other.state(), (await other.how())?.outcome]).toEqual(['refused', 'rejected'])
  })

  test('everybody of a field is asked, once', async () => {
    const paper = await started('majority', { readers: ['ada', 'bea', 'carl', 'dora', 'ada'] })
    expect((await paper.all()).map(({ assignee }) => assignee?.name).sort()).toEqual(['ada', 'bea', 'carl', 'dora'])
    for (const who of ['ada', 'bea']) await paper.says(who, 'approve')
    expect(await paper.state()).toBeNull()
    await paper.says('dora', 'approve')
    expect(await paper.state()).toBe('approved')
    const part = await started('part', { readers: ['ada', 'bea', 'carl', 'dora', 'desk'] })
    for (const who of ['ada', 'bea']) await part.says(who, 'approve')
    expect(await part.state()).toBeNull()
    await part.says('desk', 'approve')
    expect(await part.state()).toBe('approved')
  })

  test('of a role so many different people', async () => {
    const paper = await started('quorum')
    expect(await paper.all()).toHaveLength(2)
    await paper.says('carl', 'approve')
    await expect(paper.says('carl', 'approve')).rejects.toMatchObject({ status: 409, message: expect.stringContaining('somebody else') })
    await paper.says('cora', 'approve')
    expect(await paper.state()).toBe('approved')
  })

  test('another action decides at once', async () => {
    const paper = await started('all')
    await paper.says('bea', 'rewrite')
    expect([await paper.state(), (await paper.how())?.state, await paper.all()]).toEqual(['rewritten', 'completed', []])
  })

  test('one is asked after the other', async () => {
    const paper = await started('in_turn')
    for (const who of ['ada', 'bea', 'cora']) {
      expect(await paper.all()).toHaveLength(1)
      await paper.says(who, 'approve')
    }
    expect(await paper.state()).toBe('approved')
  })

  test('when the time is over somebody else decides alone, once', async () => {
    for (const name of ['late', 'late_alone']) {
      const last = name === 'late' ? 'dora' : 'zoe'
      const paper = await started(name)
      await paper.tasksOf('ada').then(([task]) => expect(task?.due_at).toBe(new Date(clock.now() + 2 * HOUR).toISOString()))
      clock.forward(2 * HOUR)
      await app.workflows.runDue()
      expect(await paper.tasksOf('ada')).toEqual([])
      expect((await paper.all()).map(({ assignee }) => assignee?.name)).toEqual([name === 'late' ? 'director' : 'zoe'])
      await paper.says(last, 'approve')
      expect(await paper.state()).toBe('approved')
      const given = await started(name)
      clock.forward(2 * HOUR)
      await app.workflows.runDue()
      clock.forward(2 * HOUR)
      await app.workflows.runDue()
      expect((await given.how())?.outcome).toBe('expired')
    }
  })

  test('an action is taken by itself, or all is over', async () => {
    const [paper, other] = [await started('given_up'), await started('over')]
    await paper.says('ada', 'approve')
    clock.forward(2 * HOUR)
    await app.workflows.runDue()
    expect([await paper.state(), (await paper.how())?.outcome, await paper.all()]).toEqual(['refused', 'rejected', []])
    expect([(await other.how())?.outcome, await other.all()]).toEqual(['expired', []])
  })

  test('an action is taken by itself once those who are asked instead have said nothing either', async () => {
    const paper = await started('late_then')
    clock.forward(2 * HOUR)
    await app.workflows.runDue()
    expect((await paper.all()).map(({ assignee }) => assignee?.name)).toEqual(['director'])
    clock.forward(2 * HOUR)
    await app.workflows.runDue()
    expect([await paper.state(), (await paper.how())?.outcome, await paper.all()]).toEqual(['refused', 'rejected', []])
  })

  test('a task is handed on by whoever it is for, and by roles that may', async () => {
    const paper = await started('handed')
    const [task] = await paper.tasksOf('ada')
    const id = task?.id as string
    await expect(as('bea', () => app.workflows.reassign(id, 'bea'))).rejects.toMatchObject({ status: 404 })
    for (const assignee of [{}, { type: 'planet', name: 'x' }, { type: 'user', name: '' }, '', 7, null, 'x'.repeat(256)])
      await expect(as('ada', () => app.workflows.reassign(id, assignee as never))).rejects.toMatchObject({
        status: 422,
        errors: [{ pointer: '/assignee' }],
      })
    const handed = await as('ada', () => app.workflows.reassign(id, 'bea', { comment: 'On holiday.' }))
    expect(handed).toMatchObject({ assignee: { type: 'user', name: 'bea' }, due_at: task?.due_at, step: 'ask' })
    expect(await paper.tasksOf('ada')).toEqual([])
    await expect(as('ada', () => app.workflows.act(id, 'approve'))).rejects.toMatchObject({ status: 409 })
    // Who was asked may see what became of it.
    expect(await as('ada', () => app.workflows.history(paper.instance))).toMatchObject([
      { state: 'reassigned', acted_by: 'ada', comment: 'On holiday.', assignee: { name: 'ada' } },
      { state: 'waiting', assignee: { name: 'bea' } },
    ])
    await expect(as('ada', () => app.workflows.reassign(handed.id, 'ada'))).rejects.toMatchObject({ status: 403 })
    const again = await as('desk', () => app.workflows.reassign(handed.id, { type: 'role', name: 'director' }))
    await as('dora', () => app.workflows.act(again.id, 'approve'))
    expect(await paper.state()).toBe('approved')
    const [fixed] = await (await started('fixed')).tasksOf('ada')
    await expect(as('ada', () => app.workflows.reassign(fixed?.id as string, 'bea'))).rejects.toMatchObject({ status: 403 })
  })

  test('of several one hands on what is asked of them, and counts once', async () => {
    const paper = await started('all')
    const [task] = await paper.tasksOf('ada')
    await as('ada', () => app.workflows.reassign(task?.id as string, 'bea'))
    await paper.says('bea', 'approve')
    await expect(paper.says('bea', 'approve')).rejects.toMatchObject({ status: 409 })
    expect((await paper.how())?.state).toBe('running')
  })

  test('those who act at the same moment are counted each', async () => {
    for (let round = 0; round < 3; round++) {
      const paper = await started('majority', { readers: ['ada', 'bea', 'carl', 'dora', 'desk'] })
      const people = ['ada', 'bea', 'carl', 'dora', 'desk']
      const tasks = await Promise.all(people.map(async (who) => (await paper.tasksOf(who))[0]?.id as string))
      const answers = await Promise.allSettled(people.map((who, at) => as(who, () => app.workflows.act(tasks[at] as string, 'approve'))))
      await app.workflows.runDue()
      expect([await paper.state(), (await paper.how())?.state]).toEqual(['approved', 'completed'])
      const reasons = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.status] : []))
      expect(reasons.filter((status) => status !== 409)).toEqual([])
      expect(reasons.length).toBeLessThanOrEqual(2)
    }
  })
})
