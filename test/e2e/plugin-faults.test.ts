import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { PluginBuilder } from '../../compiler/plugin-sdk/index.ts'
import {
  type HarnessError,
  manualClock,
  type PluginFault,
  PluginTestHarness,
  type StartedHarness,
} from '../../compiler/plugin-testing/index.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'
import type { PluginContext } from '../../runtime-lite/kernel/plugin.ts'

const tmp = join(import.meta.dirname, '../../tmp')
mkdirSync(tmp, { recursive: true })
const cwd = mkdtempSync(join(tmp, 'plugin-faults-'))
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const left = (): readonly string[] => (existsSync(join(cwd, '.objectql')) ? readdirSync(join(cwd, '.objectql')) : [])

interface Mailer {
  send(to: string): Promise<string>
  readonly name: string
  count(): number
}

class Post implements Mailer {
  readonly name = 'post'
  #sent = 0
  async send(to: string): Promise<string> {
    this.#sent++
    return `sent to ${to}`
  }
  count(): number {
    return this.#sent
  }
}

let services: PluginContext['services']

const mail = () =>
  new PluginBuilder()
    .name('mail')
    .version('1.0.0')
    .service('mailer', () => new Post())
    .service('double', () => (value: number) => value * 2)
    .build()

const notes = () =>
  new PluginBuilder<{ note: { id: string; title: string | null } }>()
    .name('notes')
    .version('1.0.0')
    .dependency('mail')
    .object('note', {
      fields: { title: { type: 'text' }, parent: { type: 'lookup', reference: 'note' }, about: { type: 'lookup', reference: 'desk' } },
    })
    .object('desk', { fields: { name: { type: 'text', required: true }, head: { type: 'lookup', reference: 'note' } } })
    .hook('beforeCreate', 'note', ({ data }) => void Object.assign(data, { title: `${data.title}!` }), { name: 'stamp' })
    .hook('beforeUpdate', 'note', () => undefined, { name: 'look', timeout: 50 })
    .middleware({ name: 'gate', on: 'count', execute: async (_, next) => Number(await next()) + 100 })
    .action('note', 'shout', { type: 'global', handler: () => 'HEY' })
    .install((context) => {
      services = context.services
    })
    .build()

const start = (...faults: readonly PluginFault[]): Promise<StartedHarness> =>
  faults
    .reduce((harness, fault) => harness.withFault(fault), new PluginTestHarness().withCwd(cwd).withPlugin(notes()).withPlugin(mail()))
    .start()

const noteOf = (harness: StartedHarness) => harness.app.objects['note'] as ObjectApi

describe('something goes wrong', { timeout: 60_000 }, () => {
  test('in one hook, at the call that is named', async () => {
    await using harness = await start({ hook: 'stamp', does: 'throw', error: new Error('torn'), after: 1, times: 1 })
    const note = noteOf(harness)
    expect(await note.create({ title: 'a' })).toMatchObject({ title: 'a!' })
    await expect(note.create({ title: 'b' })).rejects.toMatchObject({ message: 'torn' })
    expect(await note.create({ title: 'c' })).toMatchObject({ title: 'c!' })
    expect(harness.faults).toEqual([{ place: 'hook stamp', calls: 3, happened: 1 }])
    // What takes the place of a hook is no call of it.
    expect(harness.calls).toHaveLength(2)
  })

  test('in an action, a middleware and a hook that is called twice', async () => {
    await using harness = await start(
      { hook: 'stamp', does: 'twice' },
      { action: 'shout', does: 'throw', times: 1 },
      { middleware: 'gate', plugin: 'notes', does: 'throw', error: new Error('closed') },
    )
    const note = noteOf(harness)
    expect(await note.create({ title: 'a' })).toMatchObject({ title: 'a!!' })
    expect(harness.calls.map(({ hook }) => hook)).toEqual(['stamp', 'stamp'])
    await expect(note.execute('shout')).rejects.toThrow('The action shout failed, for a test.')
    expect(await note.execute('shout')).toBe('HEY')
    await expect(note.count()).rejects.toMatchObject({ message: 'closed' })
  })

  test('in a service: all of its functions, or one of them', async () => {
    await using harness = await start(
      { service: 'mailer', method: 'send', does: 'throw', times: 1 },
      { service: 'mailer', method: 'send', does: 'twice' },
      { service: 'double', does: 'throw', error: 'no', after: 1 },
    )
    const mailer = services.get<Mailer>('mailer')
    // It is async: nobody sees an error before the promise.
    const first = mailer.send('a')
    await expect(first).rejects.toThrow('The service mailer.send failed, for a test.')
    expect(await mailer.send('b')).toBe('sent to b')
    expect([mailer.count(), mailer.name]).toEqual([2, 'post'])
    const double = services.get<(value: number) => number>('double')
    expect(double(4)).toBe(8)
    expect(() => double(4)).toThrow('no')
    expect(harness.faults.map(({ calls, happened }) => [calls, happened])).toEqual([
      [2, 1],
      [1, 1],
      [2, 1],
    ])
  })

  test('as often as it is likely, the same way for one seed', async () => {
    const outcome = async (seed: number): Promise<readonly boolean[]> => {
      await using harness = await start({ service: 'double', does: 'throw', probability: 0.5, seed })
      const double = services.get<(value: number) => number>('double')
      const failed = Array.from({ length: 64 }, () => {
        try {
          double(1)
          return false
        } catch {
          return true
        }
      })
      expect(harness.faults[0]).toMatchObject({ calls: 64, happened: failed.filter(Boolean).length })
      return failed
    }
    const seven = await outcome(7)
    expect(seven.filter(Boolean).length).toBeGreaterThan(10)
    expect(seven.filter(Boolean).length).toBeLessThan(54)
    expect(await outcome(7)).toEqual(seven)
    expect(await outcome(8)).not.toEqual(seven)
  })

  test('by time: a delay goes by the clock, what hangs meets the limit of the hook', async () => {
    const clock = manualClock()
    await using harness = await new PluginTestHarness()
      .withCwd(cwd)
      .withPlugin(notes())
      .withPlugin(mail())
      .withClock(clock)
      .withFault({ service: 'mailer', method: 'send', does: 'delay', milliseconds: 5000 })
      .withFault({ hook: 'look', does: 'hang' })
      .start()
    let answer: string | undefined
    const sending = services
      .get<Mailer>('mailer')
      .send('a')
      .then((said) => (answer = said))
    clock.advance(4999)
    await new Promise((resolve) => setImmediate(resolve))
    expect(answer).toBeUndefined()
    clock.advance(1)
    expect(await sending).toBe('sent to a')
    const { id } = await noteOf(harness).create({ title: 'a' })
    const updating = noteOf(harness).update(String(id), { title: 'b' })
    updating.catch(() => undefined)
    await expect.poll(() => harness.faults[1]?.happened).toBe(1)
    clock.advance(50)
    await expect(updating).rejects.toMatchObject({ status: 503 })
  })

  test('what hangs ends with the harness', async () => {
    const harness = await start({ service: 'mailer', method: 'send', does: 'hang' })
    const sending = services.get<Mailer>('mailer').send('a')
    sending.catch(() => undefined)
    await harness.stop()
    await expect(sending).rejects.toThrow('was stopped while the service mailer.send hung')
  })

  test('what is named and is not there is told, and nothing stays behind', async () => {
    const cases: readonly (readonly [PluginFault, string])[] = [
      [{ hook: 'stemp', does: 'throw' }, 'There is no hook stemp. There are: stamp, look.'],
      [{ hook: 'stamp', plugin: 'mail', does: 'throw' }, 'There is no hook stamp in the plugin "mail".'],
      [{ middleware: 'gates', does: 'throw' }, 'There is no middleware gates. There are: gate.'],
      [{ action: 'cry', does: 'throw' }, 'There is no action cry. There are: shout.'],
      [{ service: 'mailbox', does: 'throw' }, 'There is no service mailbox. There are: mailer, double.'],
      [
        { service: 'mailer', method: 'sent', does: 'throw' },
        'There is no service mailer.sent. There are: mailer.send, mailer.count, double.',
      ],
    ]
    for (const [fault, message] of cases) await expect(start(fault)).rejects.toThrow(message)
    expect(left()).toEqual([])
    const harness = new PluginTestHarness()
    for (const wrong of [{ probability: 2 }, { after: -1 }, { times: Number.NaN }, { milliseconds: -5 }])
      expect(() => harness.withFault({ hook: 'stamp', does: 'throw', ...wrong })).toThrow(RangeError)
  })

  test('a plugin that is frozen, and one of a class, may be told to fail, too', async () => {
    class Guard {
      readonly name = 'guard'
      readonly version = '1.0.0'
      readonly #word = 'kept'
      readonly middleware = [{ name: 'keep', on: 'count', execute: () => 7 }]
      readonly hooks = [{ name: 'check', object: 'thing', events: ['beforeCreate'], handler: () => undefined }]
      install({ services: given }: PluginContext) {
        given.provide('word', () => this.#word)
        services = given
      }
    }
    await using harness = await new PluginTestHarness()
      .withCwd(cwd)
      .withObject({ name: 'thing', fields: { label: { type: 'text' } } })
      .withPlugin(Object.freeze(new Guard()))
      .withFault({ hook: 'check', does: 'throw', error: new Error('checked') })
      .withFault({ service: 'word', does: 'throw', after: 1 })
      .start()
    await expect((harness.app.objects['thing'] as ObjectApi).create({})).rejects.toThrow('checked')
    expect(await (harness.app.objects['thing'] as ObjectApi).count()).toBe(7)
    const word = services.get<() => string>('word')
    expect(word()).toBe('kept')
    expect(word).toThrow('The service word failed')
  })
})

describe('fixtures of files', { timeout: 60_000 }, () => {
  const fixtures = join(cwd, 'fixtures')
  const write = (name: string, text: string): string => {
    mkdirSync(fixtures, { recursive: true })
    writeFileSync(join(fixtures, name), text)
    return join('fixtures', name)
  }
  const harnessOf = () => new PluginTestHarness().withCwd(cwd).withPlugin(notes()).withPlugin(mail())

  test('are records of any seed file, which refer to each other in any order', async () => {
    write('desk.data.yml', '- { id: d1, name: North, head: n2 }\n- { id: d2, name: South }\n')
    write(
      'note.data.json',
      '[{ "id": "n1", "title": "first", "parent": "n2", "about": "d2" }, { "id": "n2", "title": "second", "about": "d1" }]',
    )
    write('more.data.ts', "export default { object: 'note', records: [{ id: 'n3', title: 'third', parent: 'n1' }] }\n")
    write('README.md', '# Not a fixture')
    await using harness = await harnessOf()
      .withFixtures('fixtures')
      .withFixture('note', [{ id: 'n4', title: 'last', parent: 'n3' }])
      .start()
    const note = noteOf(harness)
    expect((await note.find({ orderBy: 'id', select: ['title', 'parent', 'about'] })).items).toEqual([
      { title: 'first', parent: 'n2', about: 'd2' },
      { title: 'second', parent: null, about: 'd1' },
      { title: 'third', parent: 'n1', about: null },
      { title: 'last!', parent: 'n3', about: null },
    ])
    expect(await (harness.app.objects['desk'] as ObjectApi).get('d1')).toMatchObject({ head: 'n2' })
    // Hooks saw the record of `withFixture` alone.
    expect(harness.calls).toHaveLength(1)
  })

  test('what is wrong with them is told with its place', async () => {
    const path = write('desk.data.yml', '- { id: d1, name: North }\n- { id: d2, nmae: South }\n')
    const error = (await harnessOf()
      .withFixtures(new URL(`file://${join(cwd, path)}`))
      .start()
      .then(
        (harness) => harness.stop(),
        (thrown: unknown) => thrown,
      )) as HarnessError
    expect(error?.message).toContain('fixtures/desk.data.yml:2:19')
    expect(error?.diagnostics.map(({ code }) => code)).toEqual(['link/unknown-seed-field'])
    write('desk.data.yml', '- { id: d1, name: North, head: nobody }\n')
    await expect(harnessOf().withFixtures(path).start()).rejects.toThrow('refer to records that there are not: desk → note')
    await expect(harnessOf().withFixtures('nowhere').start()).rejects.toThrow('There is no file or folder')
    await expect(harnessOf().withFixtures('fixtures/README.md').start()).rejects.toThrow('No seed file is called')
    expect(left()).toEqual([])
  })
})
