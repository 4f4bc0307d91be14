import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { createFolder, type Folder } from '../unit/cli/support.ts'
import { type RunningCommand, startCommand } from './command.ts'

const SCHEMA = `name: note
fields:
  text: { type: text, required: true }
  created_by: { type: text }
  updated_by: { type: text }
`

const AUTH = `import { type Authenticate, ObjectQLError } from 'objectql/runtime'

export const authenticate: Authenticate = async (request) => {
  const token = request.header('authorization')
  if (token === undefined) return null
  if (token !== 'Bearer secret') throw new ObjectQLError(401, 'UNAUTHENTICATED', 'Sign in again.')
  return { id: 'ines' }
}
`

let folder: Folder | undefined
let project: CompiledProject | undefined
let command: RunningCommand | undefined
let child: ChildProcess | undefined

afterEach(async () => {
  await command?.end('SIGKILL')
  child?.kill('SIGKILL')
  folder?.remove()
  project?.remove()
  command = undefined
  child = undefined
})

/** Who made a record that is created with these headers; the status where it was refused. */
async function madeBy(url: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const response = await fetch(`${url}/api/note`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"text":"one","created_by":"mallory"}',
  })
  const body = (await response.json()) as { created_by?: unknown }
  return response.ok ? body.created_by : response.status
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function dev(config: object): Promise<{ readonly url: string; readonly says: RunningCommand['says'] }> {
  folder = createFolder({ 'objectql.config.json': JSON.stringify(config), 'schemas/note.object.yml': SCHEMA, 'auth.ts': AUTH })
  const running = startCommand(['dev', '--port', '0'], folder.path)
  command = running
  await running.says(/Serving on http\S+\n/)
  return { url: /Serving on (http\S+)/.exec(running.err())?.[1] ?? '', says: running.says }
}

/** Saves files and waits until the application is another one. */
async function save(files: { readonly [path: string]: string }, says: string | RegExp = 'Live after'): Promise<void> {
  const from = command?.err().length ?? 0
  folder?.write(files)
  await command?.says(says, from)
}

test('objectql serve asks the configured module, and knows no X-Dev-User', async () => {
  const files = { 'schemas/note.object.yml': SCHEMA, 'auth.ts': AUTH }
  folder = createFolder({ 'objectql.config.json': '{"auth":"./auth.ts","dev":{"user":true}}', ...files })
  expect((await folder.run('compile')).code).toBe(0)
  command = startCommand(['serve', '--port', '0', '--db', ':memory:', '--json'], folder.path)
  const url = String((await command.line('listening'))['url'])
  expect(await madeBy(url, bearer('secret'))).toBe('ines')
  expect(await madeBy(url, bearer('guessed'))).toBe(401)
  expect(await madeBy(url)).toBeNull()
  expect(await madeBy(url, { 'x-dev-user': 'ada' })).toBeNull()
  expect(await madeBy(url, { 'x-dev-user': 'ada', ...bearer('secret') })).toBe('ines')
})

test('generated/server/node.ts asks it, from a copy where Node would not load it', async () => {
  const source = `import { authenticate as inner } from '@/who'\n\nexport default inner\n`
  project = await compiledProject({
    'objectql.config.json': '{"auth":"./auth","dialects":["sqlite"]}',
    'tsconfig.json': '{"compilerOptions":{"paths":{"@/*":["./server/*"]}}}',
    'schemas/note.object.yml': SCHEMA,
    'auth.ts': source,
    'server/who.ts': AUTH,
  })
  expect(project.diagnostics).toEqual([])
  const env = { ...process.env, PORT: '0', DATABASE_URL: ':memory:' }
  child = spawn(process.execPath, [join(project.output, 'server', 'node.ts')], { stdio: ['ignore', 'ignore', 'pipe'], env })
  let err = ''
  child.stderr?.on('data', (chunk) => {
    err += chunk
  })
  while (!/listens on http/.test(err)) {
    if (child.exitCode !== null) throw new Error(err)
    await once(child.stderr as NodeJS.ReadableStream, 'data')
  }
  const url = /listens on (\S+)/.exec(err)?.[1] ?? ''
  expect([await madeBy(url, bearer('secret')), await madeBy(url, bearer('x')), await madeBy(url)]).toEqual(['ines', 401, null])
})

test('objectql dev: without auth X-Dev-User signs in, on this machine only, and others are answered as without it', async () => {
  const { url } = await dev({ output: 'generated' })
  await command?.says('X-Dev-User')
  expect(await madeBy(url)).toBe('mallory')
  expect(await madeBy(url, { 'x-dev-user': 'ada' })).toBe('ada')
  expect(await madeBy(url, { 'x-dev-user': '{"id":"ada","roles":["editor"]}' })).toBe('ada')
  expect(await madeBy(url, { 'x-dev-user': '{"id":7}' })).toBe(400)
  expect(await madeBy(url, { 'x-dev-user': '{' })).toBe(400)
  expect(await madeBy(url, { 'x-dev-user': 'ada', 'x-forwarded-for': '203.0.113.9' })).toBe(403)
  await save({ 'objectql.config.json': '{"output":"generated","dev":{"user":false}}' }, 'X-Dev-User counts no more.')
  expect(await madeBy(url, { 'x-dev-user': 'ada' })).toBe('mallory')
})

test('objectql dev: auth is asked, a saved module is live at once, and dev.user decides about X-Dev-User', async () => {
  const { url } = await dev({ auth: './auth.ts' })
  expect(command?.err()).not.toContain('X-Dev-User')
  expect([await madeBy(url, bearer('secret')), await madeBy(url, bearer('x')), await madeBy(url, { 'x-dev-user': 'ada' })]).toEqual([
    'ines',
    401,
    null,
  ])
  await save({ 'auth.ts': AUTH.replace("id: 'ines'", "id: 'ida'") })
  expect(await madeBy(url, bearer('secret'))).toBe('ida')
  await save({ 'auth.ts': AUTH.replace('authenticate:', 'authorize:') }, 'config/auth-export')
  expect(await madeBy(url, bearer('secret'))).toBe('ida')
  await save({ 'auth.ts': AUTH, 'objectql.config.json': '{"auth":"auth.ts","dev":{"user":true}}' }, 'X-Dev-User')
  expect([await madeBy(url, { 'x-dev-user': 'ada' }), await madeBy(url, bearer('x')), await madeBy(url)]).toEqual(['ada', 401, null])
})
