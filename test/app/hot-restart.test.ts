import { Agent, request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { CHOIR, chorus, GREETER } from '../support/choir.ts'
import { createFolder, type Folder } from '../unit/cli/support.ts'
import { type RunningCommand, startCommand } from './command.ts'

let folder: Folder
let dev: RunningCommand
let base = ''
/** One connection, kept open. */
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
const sockets = new Set<unknown>()

async function start(files: { readonly [path: string]: string }): Promise<void> {
  folder = createFolder(files)
  dev = startCommand(['dev', '--port', '0', '--db', ':memory:'], folder.path)
  await dev.says(/Serving on http\S+\n/)
  base = /Serving on (http\S+)/.exec(dev.err())?.[1] ?? ''
}

afterEach(async () => {
  agent.destroy()
  sockets.clear()
  await dev.end('SIGKILL')
  folder.remove()
})

/** Saves files and gives what `objectql dev` says about it. */
async function save(files: { readonly [path: string]: string }, says: string | RegExp = /Live after .*\n/): Promise<string> {
  const from = dev.err().length
  folder.write(files)
  await dev.says(says, from)
  return dev.err().slice(from)
}

interface Reply {
  readonly status: number
  readonly signed: string
  readonly body: { readonly [key: string]: unknown }
}

function ask(path: string, body?: object, from: Agent | undefined = agent): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${base}/api/account${path}`,
      { agent: from ?? false, method: body ? 'POST' : 'GET', headers: { 'content-type': 'application/json' } },
      (incoming) => {
        if (from === agent) sockets.add(incoming.socket)
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk) => {
          text += chunk
        })
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({ status: incoming.statusCode ?? 0, signed: String(incoming.headers['x-chorus']), body: JSON.parse(text) }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(body ? JSON.stringify(body) : undefined)
  })
}

const sing = () => ask('/actions/sing', {})
const tally = async () => (await ask('/actions/tally', {})).body

/** What everything of the plugin says: the hook, the action and the header. */
async function words(): Promise<readonly unknown[]> {
  const created = await ask('', { name: 'x' })
  const sung = await sing()
  return [created.status, created.body['song'], sung.body['says'], sung.signed]
}
const all = (word: string): readonly unknown[] => [201, `Hello ${word}`, `Hello ${word}`, word]

describe('a plugin that is saved while `objectql dev` runs', () => {
  test('is live in the same process, on the same connection; others keep what they have', async () => {
    await start(CHOIR)
    expect(await words()).toEqual(all('one'))
    const { pid, greeted } = await tally()
    const said = await save({ 'schemas/chorus.plugin.js': chorus('two') })
    expect(said).toMatch(/Live after \d+ ms in the same process\. Restarted: chorus\.\n/)
    expect(await words()).toEqual(all('two'))
    // The counter of the other plugin, the records, the process, the connection.
    expect(await tally()).toEqual({ pid, greeted: Number(greeted) + 2 })
    expect((await ask('?fields=song&sort=created_at')).body).toMatchObject({ items: [{ song: 'Hello one' }, { song: 'Hello two' }] })
    expect(sockets.size).toBe(1)
    // The listener of the old version is gone: each creation is heard once.
    expect((await sing()).body['heard']).toEqual(['two'])

    // Lines that move are no reason for another process.
    const moved = await save({ 'schemas/chorus.plugin.js': chorus('three', { first: '// a line\n// and another' }) })
    expect(moved).toContain('in the same process. Restarted: chorus.')
    expect(await words()).toEqual(all('three'))

    // Whoever needs it is restarted along, on the module it has: it still hears what it heard.
    const both = await save({
      'schemas/greeter.plugin.js': GREETER.replace('Hello', 'Welcome').replace('let greeted = 0', 'let greeted = 100'),
    })
    expect(both).toContain('in the same process. Restarted: greeter, chorus.')
    expect((await words()).slice(1, 3)).toEqual(['Welcome three', 'Welcome three'])
    expect(await tally()).toEqual({ pid, greeted: 102 })
    expect((await sing()).body['heard']).toEqual(['three', 'three'])
    expect(sockets.size).toBe(1)
  }, 60_000)

  test('that fails is taken back, with a message; the next save tries again', async () => {
    await start(CHOIR)
    const { pid } = await tally()
    const broken: readonly (readonly [phase: string, text: string])[] = [
      // A module is loaded while compiling, too, where there is nobody to talk to.
      ['load', chorus('two', { first: "if (process.connected) throw new Error('out of tune')" })],
      ['install', chorus('two', { more: "install() { throw new Error('out of tune') }," })],
      ['start', chorus('two', { start: "throw new Error('out of tune')" })],
    ]
    for (const [phase, text] of broken) {
      const said = await save({ 'schemas/chorus.plugin.js': text }, 'dev/plugin-kept')
      await dev.says('out of tune')
      expect(said.replaceAll('\n', ' ')).not.toContain('Live after')
      expect(dev.err()).toContain(`A new version of the plugin "chorus" failed to ${phase}, so the one before runs on: out of tune.`)
      expect(await words()).toEqual(all('one'))
    }
    expect(await save({ 'schemas/chorus.plugin.js': chorus('three') })).toContain('in the same process. Restarted: chorus.')
    expect(await words()).toEqual(all('three'))
    expect(await tally()).toMatchObject({ pid })
    expect((await sing()).body['heard']).toEqual(['three'])
    // The old one fails while it is stopped: that is told, and the new one runs.
    await save({ 'schemas/chorus.plugin.js': chorus('four', { more: "stop() { throw new Error('one more song') }," }) })
    const said = await save({ 'schemas/chorus.plugin.js': chorus('five') })
    expect(said).toContain('The plugin "chorus" failed to stop: one more song.')
    expect(await words()).toEqual(all('five'))
  }, 60_000)

  test('no request fails or sees a mixture; those that run end on the version they began with', async () => {
    await start({
      ...CHOIR,
      'schemas/chorus.plugin.js': chorus('0', { start: 'await new Promise((resolve) => setTimeout(resolve, 50))' }).replace(
        'start({',
        'async start({',
      ),
    })
    const { pid } = await tally()
    const text = (word: number): string =>
      chorus(String(word), {
        start: 'await new Promise((resolve) => setTimeout(resolve, 50))',
        sing: 'const began = word; await new Promise((resolve) => setTimeout(resolve, 20))',
      }).replace('start({', 'async start({')
    let live = 0
    let isOver = false
    const failures: unknown[] = []
    const answers: { readonly atLeast: number; readonly word: number }[] = []
    const pool = new Agent({ keepAlive: true, maxSockets: 6 })
    const clients = ['sing', 'create', 'sing', 'create', 'list'].map(async (kind) => {
      while (!isOver) {
        const atLeast = live
        try {
          const reply = await (kind === 'create'
            ? ask('', { name: 'x' }, pool)
            : kind === 'sing'
              ? ask('/actions/sing', {}, pool)
              : ask('?limit=1', undefined, pool))
          const said = String(reply.body['song'] ?? reply.body['says'] ?? `Hello ${reply.signed}`)
          if (reply.status >= 300 || said !== `Hello ${reply.signed}`) failures.push([kind, reply])
          answers.push({ atLeast, word: Number(reply.signed) })
        } catch (error) {
          failures.push([kind, String(error)])
        }
      }
    })
    const rounds = 6
    for (let round = 1; round <= rounds; round++) {
      expect(await save({ 'schemas/chorus.plugin.js': text(round) })).toContain('in the same process')
      live = round
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    isOver = true
    await Promise.all(clients)
    pool.destroy()
    expect(failures).toEqual([])
    expect(answers.filter(({ atLeast, word }) => word < atLeast)).toEqual([])
    expect(new Set(answers.map(({ word }) => word)).size).toBe(rounds + 1)
    expect(await tally()).toMatchObject({ pid })
  }, 60_000)
})
