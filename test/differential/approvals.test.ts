import { expect, test } from 'vitest'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { compiledApp } from '../support/compiled-app.ts'
import { type Answer, InterpretedApproval } from '../support/interpret-approval.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { type AuthoredApproval, HANDED, PEOPLE, type Person, randomApproval, writtenApproval } from '../support/random-approval.ts'
import { virtualClock } from '../support/virtual-clock.ts'
import { startedWorkflows, stepsOf, type WorkflowApp } from '../support/workflow-app.ts'

/** Instances; each is asked about a dozen times. */
const CASES = Math.min(Number(process.env['OBJECTQL_CASES'] ?? 40), 10_000)
const WORKFLOWS = 60
const HOUR = 3_600_000

type Clock = ReturnType<typeof virtualClock>

const ANSWERS: Readonly<Record<number, Answer>> = { 404: 'not theirs', 409: 'conflict', 403: 'forbidden' }

async function answerOf(work: () => Promise<unknown>, isFixed: boolean): Promise<Answer> {
  try {
    await work()
    return 'done'
  } catch (error) {
    if (!(error instanceof ObjectQLError)) throw error
    const answer = ANSWERS[error.status]
    if (answer === undefined) throw error
    // Who may see the instance is told that a task is for somebody else.
    return answer === 'forbidden' && !(isFixed && error.message.includes('handed on')) ? 'not theirs' : answer
  }
}

/** One paper, and what people do with it at random. */
async function compare(app: WorkflowApp, clock: Clock, step: AuthoredApproval, one: Random): Promise<string> {
  const papers = app.objects['paper'] as ObjectApi
  const readers = PEOPLE.map(({ id }) => id).filter(() => one.chance(0.5))
  if (readers.length === 0) readers.push('ada')
  const id = String((await papers.create({ readers }))['id'])
  const instance = String(await app.workflows.start(step.name, { record: id }))
  await app.workflows.runDue()
  const meant = new InterpretedApproval(step, readers, clock.now())
  const done: string[] = []
  const as = <Result>(person: Person, work: () => Promise<Result>): Promise<Result> => app.as(person as never, work)
  const tasks = async () => (await app.workflows.tasks({ record: id, assignee: '*' })).items
  const check = async (): Promise<void> => {
    const [how] = (await app.workflows.instances({ record: id })).items
    const found = {
      ...{ state: how?.state, outcome: how?.outcome ?? null, record: ((await papers.get(id)) as { state: unknown }).state },
      open: (await tasks()).map(({ assignee }) => `${assignee?.type} ${assignee?.name}`).sort(),
      rows: [...(await stepsOf(app.workflows, instance))].sort(),
    }
    const { state, outcome, record, rows } = meant
    const open = meant.open.map((task) => `${task.for.type} ${task.for.name}`).sort()
    expect(found, `${JSON.stringify({ step, readers })}\n${done.join('\n')}`).toEqual({ state, outcome, record, open, rows })
  }
  await check()
  // Tasks that are over are tried, too.
  const known = new Map<string, InterpretedApproval['tasks'][number]>()
  for (let at = 0; at < 14; at++) {
    const items = await tasks()
    const taken = new Set(known.values())
    for (const { id: task, assignee } of items) {
      const same = meant.open.find((mine) => !taken.has(mine) && mine.for.type === assignee?.type && mine.for.name === assignee.name)
      if (known.has(task) || !same) continue
      known.set(task, same)
      taken.add(same)
    }
    const [person, roll] = [one.pick(PEOPLE), one.below(20)]
    const [task, mine] = one.pick([...known]) as [string, InterpretedApproval['tasks'][number]]
    if (roll < 13) {
      const action = one.pick(['approve', 'approve', 'approve', 'reject', 'reject', 'rewrite'] as const)
      const wanted = meant.act(mine, person, action)
      done.push(`${person.id} ${action} ${mine.for.type} ${mine.for.name}: ${wanted}`)
      expect(
        await answerOf(() => as(person, () => app.workflows.act(task, action)), false),
        `${JSON.stringify({ step, readers })}\n${done.join('\n')}`,
      ).toBe(wanted)
    } else if (roll < 16) {
      const to = one.pick(HANDED)
      const wanted = meant.reassign(mine, person, to)
      done.push(`${person.id} hands ${mine.for.type} ${mine.for.name} to ${to.type} ${to.name}: ${wanted}`)
      expect(await answerOf(() => as(person, () => app.workflows.reassign(task, to)), step.isFixed), done.join('\n')).toBe(wanted)
    } else if (roll < 19) {
      clock.forward(one.pick([0.5, 1, 2]) * HOUR)
      await app.workflows.runDue()
      meant.at(clock.now())
      done.push('time passes')
    } else if (one.chance(0.3)) {
      const wanted = meant.cancel()
      done.push(`cancelled: ${wanted}`)
      expect(await answerOf(() => as(person, () => app.workflows.cancel(instance)), false), done.join('\n')).toBe(wanted)
    }
    await app.workflows.runDue()
    await check()
  }
  return meant.state === 'completed' ? String(meant.outcome) : meant.state
}

test('approvals of several end as an obvious reader of the manual says', async () => {
  const seed = testSeed()
  console.log(`approvals: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${CASES}`)
  const one = random(seed)
  const steps = Array.from({ length: WORKFLOWS }, (_, index) => randomApproval(one, `ask_${index}`))
  const compiled = await compiledApp({
    'schemas/paper.object.yml': 'name: paper\nfields:\n  state: { type: text }\n  readers: { type: tags }\n',
    ...Object.fromEntries(steps.map((step) => [`schemas/${step.name}.workflow.json`, JSON.stringify(writtenApproval(one, step))])),
  })
  const clock = virtualClock()
  try {
    expect(compiled.reported).toEqual([])
    const app = await startedWorkflows(compiled.folder, { datasource: ':memory:', workflows: { clock, run: false } })
    const ends = new Set<string>()
    try {
      for (let at = 0; at < CASES; at++) ends.add(await compare(app, clock, steps[at % WORKFLOWS] as AuthoredApproval, one))
    } finally {
      await app.close()
    }
    // A test that never sees most of the ends proves little.
    expect(ends.size).toBeGreaterThan(CASES < 300 ? 3 : 6)
  } finally {
    compiled.remove()
  }
}, 600_000)
