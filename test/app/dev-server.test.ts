import { rmSync, symlinkSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { createSession, type Session } from '../../compiler/compile-project.ts'
import { type DevEvent, type DevServer, startDevServer } from '../../compiler/dev/dev-server.ts'
import { CHOIR, chorus, GREETER } from '../support/choir.ts'
import { createFolder, type Folder } from '../unit/cli/support.ts'

let folder: Folder
let session: Session
let server: DevServer | undefined
const events: DevEvent[] = []

async function start(files: { readonly [path: string]: string | undefined } = {}, maxVersions?: number, isLinked = false): Promise<void> {
  folder = createFolder({ ...CHOIR, ...(files as { readonly [path: string]: string }) })
  events.length = 0
  const cwd = isLinked ? `${folder.path}-link` : folder.path
  if (isLinked) symlinkSync(folder.path, cwd)
  session = createSession({ cwd })
  server = await startDevServer({
    datasource: `sqlite:${folder.path}/dev.db`,
    isNewDatabase: true,
    port: 0,
    host: '127.0.0.1',
    ...(maxVersions === undefined ? {} : { maxVersions }),
    onEvent: (event) => void events.push(event),
  })
  expect(await save({})).toMatchObject({ kind: 'live' })
}

/** Saves files, compiles, and gives what the server makes of it. */
async function save(files: { readonly [path: string]: string }): Promise<DevEvent | undefined> {
  folder.write(files)
  const result = await session.compile()
  expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
  const before = events.length
  await server?.update(result)
  return events[before]
}

async function sing(): Promise<{ readonly says: string; readonly pid: number }> {
  const answer = await fetch(`http://127.0.0.1:${server?.port}/api/account/actions/sing`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  return (await answer.json()) as { says: string; pid: number }
}

afterEach(async () => {
  await server?.close()
  server = undefined
  rmSync(`${folder.path}-link`, { force: true })
  folder.remove()
})

/** The saved files get another process, for the reason given. */
async function expectProcess(files: { readonly [path: string]: string }, why: string | undefined, says: string): Promise<void> {
  const { pid } = await sing()
  const event = await save(files)
  expect(event).toMatchObject({ kind: 'live' })
  expect((event as { why?: string }).why).toBe(why)
  const after = await sing()
  expect([after.says, after.pid === pid]).toEqual([says, false])
}

describe('another process is started', () => {
  test('where the plugin adds a field, or something that is no plugin changed', async () => {
    await start()
    const field = "objectExtensions: { account: { fields: { motto: { type: 'text' } } } },"
    await expectProcess(
      { 'schemas/chorus.plugin.js': chorus('two', { more: field }) },
      'generated/objects/account.js changed with it',
      'Hello two',
    )
    await expectProcess(
      { 'schemas/account.object.yml': `${CHOIR['schemas/account.object.yml']}  more: { type: text }\n` },
      undefined,
      'Hello two',
    )
    expect(await save({ 'schemas/chorus.plugin.js': chorus('three', { more: field }) })).toMatchObject({
      kind: 'restarted',
      plugins: ['chorus'],
    })
  }, 60_000)

  test('where a plugin says hot: false, itself or who needs it', async () => {
    const cold = (word: string): string => chorus(word, { more: 'hot: false,' })
    await start({ 'schemas/chorus.plugin.js': cold('one') })
    await expectProcess({ 'schemas/chorus.plugin.js': cold('two') }, 'the plugin "chorus" says hot: false', 'Hello two')
    await expectProcess({ 'schemas/greeter.plugin.js': GREETER.replace('Hello', 'Hi') }, 'the plugin "chorus" says hot: false', 'Hi two')
  }, 60_000)

  test('where modules cannot be loaded twice', async () => {
    const text = chorus('one', { first: "import { word as taken } from './word.cjs'" }).replace("const word = 'one'", 'const word = taken')
    await start({ 'schemas/chorus.plugin.js': text, 'schemas/word.cjs': "exports.word = 'one'\n" })
    await expectProcess({ 'schemas/word.cjs': "exports.word = 'two'\n" }, 'schemas/word.cjs is a CommonJS module', 'Hello two')
    const addon = "import { createRequire } from 'node:module'\ntry { createRequire(import.meta.url)('./none.node') } catch {}"
    const native = (word: string): string => chorus(word, { first: addon })
    await save({ 'schemas/chorus.plugin.js': native('three'), 'schemas/none.node': 'no addon' })
    await expectProcess({ 'schemas/chorus.plugin.js': native('four') }, 'schemas/chorus.plugin.js loads a native addon', 'Hello four')
  }, 60_000)

  test('where a hook of the application shares a module with the plugin', async () => {
    const text = chorus('one', { first: "import { word as taken } from './word.js'" }).replace("const word = 'one'", 'const word = taken')
    await start({
      'schemas/chorus.plugin.js': text,
      'schemas/word.js': "export const word = 'one'\n",
      'schemas/account.hook.ts':
        "import { word } from './word.js'\nexport default { name: 'tells', object: 'account', events: ['afterCreate'], handler: () => void word }\n",
    })
    // The hook is loaded with the object.
    await fetch(`http://127.0.0.1:${server?.port}/api/account`)
    await expectProcess(
      { 'schemas/word.js': "export const word = 'two'\n" },
      'schemas/account.hook.ts is no module of a plugin that can be restarted',
      'Hello two',
    )
  }, 60_000)

  test('where requests do not end: they are answered by the old one', async () => {
    const slow = 'const began = word; await new Promise((resolve) => setTimeout(resolve, 4_000)); if (began !== word) throw new Error()'
    await start({ 'schemas/chorus.plugin.js': chorus('one', { sing: slow }) })
    const running = sing()
    await new Promise((resolve) => setTimeout(resolve, 200))
    const event = await save({ 'schemas/chorus.plugin.js': chorus('two') })
    expect(event).toMatchObject({ kind: 'live', why: 'requests still ran after 2 seconds' })
    const [old, now] = [await running, await sing()]
    expect([old.says, now.says, old.pid === now.pid]).toEqual(['Hello one', 'Hello two', false])
  }, 60_000)

  test('where neither version starts: it has the new one', async () => {
    // The port of a thread that is never given back: only a new process is rid of it.
    const once = (word: string): string =>
      chorus(word, { start: "if (globalThis.sung) throw new Error('only once'); globalThis.sung = true" })
    await start({ 'schemas/chorus.plugin.js': once('one') })
    await expectProcess(
      { 'schemas/chorus.plugin.js': once('two') },
      'neither version of the plugin "chorus" starts there: only once',
      'Hello two',
    )
  }, 60_000)

  test('where it ends in the middle of a restart', async () => {
    await start({ 'schemas/chorus.plugin.js': chorus('one', { more: 'stop() { process.exit(3) },' }) })
    await expectProcess({ 'schemas/chorus.plugin.js': chorus('two') }, 'the process did not get through the restart', 'Hello two')
    expect(events.map(({ kind }) => kind)).toEqual(['live', 'live'])
  }, 60_000)

  test('when the process has as many versions as it may have', async () => {
    await start({}, 2)
    for (const word of ['two', 'three'])
      expect(await save({ 'schemas/chorus.plugin.js': chorus(word) })).toMatchObject({ kind: 'restarted', plugins: ['chorus'] })
    await expectProcess(
      { 'schemas/chorus.plugin.js': chorus('four') },
      'the process has 2 versions of plugins in memory, and Node frees none',
      'Hello four',
    )
    expect(await save({ 'schemas/chorus.plugin.js': chorus('five') })).toMatchObject({ kind: 'restarted' })
  }, 60_000)
})

test.each([
  { how: 'printed as JavaScript', files: { 'objectql.config.json': '{ "name": "choir", "emit": { "module": "js" } }' } },
  // Node does not find a module without its extension: the server runs copies.
  {
    how: 'that runs as a copy',
    files: {
      'schemas/greeter.plugin.js': `import { nothing } from './nothing'\n${GREETER}`,
      'schemas/nothing.ts': 'export const nothing = 0',
    },
  },
  { how: 'below a linked folder', files: {}, isLinked: true },
])(
  'an application $how is restarted in its process, too',
  async ({ files, isLinked = false }) => {
    await start(files, undefined, isLinked)
    const { pid } = await sing()
    expect(await save({ 'schemas/greeter.plugin.js': (files['schemas/greeter.plugin.js'] ?? GREETER).replace('Hello', 'Hi') })).toEqual({
      ...{ kind: 'restarted', plugins: ['greeter', 'chorus'], ms: expect.any(Number) },
    })
    expect(await sing()).toMatchObject({ says: 'Hi one', pid })
    expect(await save({ 'schemas/chorus.plugin.js': chorus('two') })).toMatchObject({ kind: 'restarted', plugins: ['chorus'] })
    expect(await sing()).toMatchObject({ says: 'Hi two', pid })
  },
  60_000,
)

test.each(['beside others', 'alone'])(
  'a plugin that starts nothing is exchanged all the same, %s',
  async (how) => {
    const plain = (text: string, first = '', more = ''): string =>
      `${first}\nexport default { name: 'plain', ${more} hooks: [{ object: 'account', events: ['beforeCreate'], handler: ({ data }) => { data.name = '${text}' } }] }\n`
    const silent = { 'schemas/greeter.plugin.js': 'export {}', 'schemas/chorus.plugin.js': 'export {}' }
    await start({ ...(how === 'alone' ? silent : {}), 'schemas/plain.plugin.js': plain('one') })
    const create = async (): Promise<unknown> => {
      const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"x"}' }
      const answer = await fetch(`http://127.0.0.1:${server?.port}/api/account`, request)
      return ((await answer.json()) as { name: string }).name
    }
    expect(await create()).toBe('one')
    expect(await save({ 'schemas/plain.plugin.js': plain('two') })).toMatchObject({ kind: 'restarted', plugins: [] })
    expect(await create()).toBe('two')
    const broken = plain('three', "if (process.argv[1].includes('app-process')) throw new Error('not here')")
    expect(await save({ 'schemas/plain.plugin.js': broken })).toEqual({
      ...{ kind: 'kept', plugin: 'schemas/plain.plugin.js', phase: 'load', problem: 'not here' },
    })
    expect(await create()).toBe('two')
    const isCold = (text: string): Promise<DevEvent | undefined> => save({ 'schemas/plain.plugin.js': plain(text, '', 'hot: false,') })
    // The registry tells of it.
    expect(await isCold('four')).toMatchObject({ kind: 'live', why: 'generated/registry.ts changed with it' })
    expect(await create()).toBe('four')
    expect(await isCold('five')).toMatchObject({ kind: 'live', why: 'schemas/plain.plugin.js says hot: false' })
    expect(await create()).toBe('five')
  },
  60_000,
)

test('nothing happens for a save that changes nothing, and a taken back version is tried with each save', async () => {
  await start()
  expect(await save({ 'schemas/chorus.plugin.js': chorus('one') })).toBeUndefined()
  const broken = { 'schemas/chorus.plugin.js': chorus('two', { start: "throw new Error('out of tune')" }) }
  const kept = { kind: 'kept', plugin: 'chorus', phase: 'start', problem: 'out of tune' }
  expect(await save(broken)).toEqual(kept)
  expect(await save(broken)).toEqual(kept)
  // Back to what runs: there is nothing to do, and nothing is wrong any more.
  await save({ 'schemas/chorus.plugin.js': chorus('one') })
  expect((await sing()).says).toBe('Hello one')
}, 60_000)
