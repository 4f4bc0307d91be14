import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { WorkflowClock } from '../../runtime-lite/workflow/workflow-host.ts'
import { type CompiledFolder, compiledFolder } from '../support/compiled-folder.ts'
import { startedApp } from '../support/running-app.ts'
import { allSources } from '../support/sources.ts'

const DAY = 86_400_000

const SCHEMAS = {
  'letter.object.yml':
    'name: letter\nsoft_delete: { enabled: true, retention_days: 30 }\nfields:\n  name: { type: text }\n  sender: { type: lookup, reference_to: sender, delete_behavior: restrict }\n',
  'sender.object.yml': 'name: sender\nsoft_delete: { enabled: true, retentionDays: 7 }\nfields:\n  name: { type: text }\n',
  'kept.object.yml': 'name: kept\nenable: { trash: true }\nfields:\n  name: { type: text }\n',
}

let folder: CompiledFolder
beforeAll(async () => {
  folder = await compiledFolder(SCHEMAS)
}, 60_000)
afterAll(() => folder.remove())

/** Time that passes when it is told to. */
function handClock() {
  const waiting = new Set<{ readonly at: number; readonly call: () => void }>()
  let now = Date.now()
  const clock: WorkflowClock = {
    now: () => now,
    after(milliseconds, call) {
      const entry = { at: now + milliseconds, call }
      waiting.add(entry)
      return () => void waiting.delete(entry)
    },
  }
  return {
    clock,
    waiting,
    pass(milliseconds: number) {
      now += milliseconds
      for (const entry of [...waiting])
        if (entry.at <= now) {
          waiting.delete(entry)
          entry.call()
        }
    },
  }
}

describe.for(allSources())('retention on $name', ({ isThere, open }) => {
  test.skipIf(!isThere)(
    'purges what has been in the trash for long enough, and nothing else',
    async () => {
      const source = await open('retention')
      const hand = handClock()
      const bugs: unknown[] = []
      const running = await startedApp(folder.generated, {
        datasource: source.datasource,
        trash: { clock: hand.clock, interval: 10 * DAY },
        onError: (error) => bugs.push(error),
      })
      const { letter, sender, kept } = running.app.objects as Record<string, NonNullable<(typeof running.app.objects)[string]>>
      const counts = () => Promise.all([letter, sender, kept].map((object) => object!.count({ deleted: 'with' })))
      /** The look that is due, until it is over: it waits for the next one then. */
      const look = async (): Promise<void> => {
        while (hand.waiting.size === 0) await new Promise((resolve) => setTimeout(resolve, 5))
      }
      try {
        await sender!.createMany([{ id: 's1' }, { id: 's2' }])
        await letter!.createMany(Array.from({ length: 600 }, (_, at) => ({ name: `l${at}`, ...(at === 0 ? { sender: 's1' } : {}) })))
        await kept!.create({ id: 'k' })
        await kept!.delete('k')
        await letter!.deleteMany({ name: { $ne: 'l1' } })
        await sender!.deleteMany({})
        hand.pass(60_000)
        await look()
        expect(await counts()).toEqual([600, 2, 1])
        // A deleted letter still holds its sender.
        hand.pass(10 * DAY)
        await look()
        expect(await counts()).toEqual([600, 1, 1])
        hand.pass(10 * DAY)
        await look()
        hand.pass(10.5 * DAY)
        await look()
        expect(await letter!.find({ deleted: 'with' })).toMatchObject({ items: [{ name: 'l1', deleted_at: null }] })
        hand.pass(10 * DAY)
        await look()
        expect(await counts()).toEqual([1, 0, 1])
        expect(bugs).toEqual([])
      } finally {
        await running.close()
        await source.close()
      }
      // Nothing is left to be called.
      expect(hand.waiting.size).toBe(0)
    },
    60_000,
  )
})

test('several processes at once, one that ends meanwhile, and one that is told not to', async () => {
  const [file] = allSources().filter(({ name }) => name === 'a file of SQLite')
  const source = await file!.open('retention-many')
  const hands = [handClock(), handClock(), handClock()]
  const bugs: unknown[] = []
  const apps = await Promise.all(
    hands.map(({ clock }, at) =>
      startedApp(folder.generated, {
        datasource: source.datasource,
        trash: { clock, purge: at !== 2 },
        onError: (error) => bugs.push(error),
      }),
    ),
  )
  const [one, two] = apps
  try {
    expect(hands.map(({ waiting }) => waiting.size)).toEqual([1, 1, 0])
    await one!.app.objects['letter']!.createMany(Array.from({ length: 700 }, (_, at) => ({ name: `l${at}` })))
    await one!.app.objects['letter']!.deleteMany({})
    for (const { pass } of hands) pass(31 * DAY)
    // It finishes its batch.
    await two!.close()
    while (hands[0]!.waiting.size === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(await one!.app.objects['letter']!.count({ deleted: 'with' })).toBe(0)
    expect(bugs).toEqual([])
  } finally {
    for (const app of apps) if (app !== two) await app.close()
    await source.close()
  }
}, 60_000)
