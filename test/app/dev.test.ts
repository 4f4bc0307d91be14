import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ACCOUNT, CONTACT, createFolder, type Folder } from '../unit/cli/support.ts'
import { type RunningCommand, startCommand } from './command.ts'

let folder: Folder
let command: RunningCommand | undefined
let base = ''

async function start(files: { readonly [path: string]: string }, ...words: string[]): Promise<RunningCommand> {
  folder = createFolder(files)
  const dev = startCommand(['dev', '--port', '0', ...words], folder.path)
  command = dev
  await dev.says(/Serving on http\S+\n/)
  base = /Serving on (http\S+)/.exec(dev.err())?.[1] ?? ''
  return dev
}

afterEach(async () => {
  await command?.end('SIGKILL')
  command = undefined
  folder.remove()
})

const SEEDS = 'object: account\nrecords:\n  - { id: acc-1, name: Vlierhaven, status: open }\n'
const FILES = { 'schemas/account.object.yml': ACCOUNT, 'schemas/account.data.yml': SEEDS }

/** Saves a file and waits until `objectql dev` has said something about it. */
async function save(dev: RunningCommand, files: { readonly [path: string]: string }, says: string | RegExp): Promise<void> {
  const from = dev.err().length
  folder.write(files)
  await dev.says(says, from)
}

const get = async (path: string): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(base + path)
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

describe('objectql dev', () => {
  test('a saved schema is live, with its column; a broken one keeps the last good application', async () => {
    const dev = await start(FILES)
    expect((await get('/api/account/acc-1')).body).toMatchObject({ name: 'Vlierhaven' })
    await save(dev, { 'schemas/account.object.yml': `${ACCOUNT}  motto: { type: text }\n` }, 'Live after')
    expect((await get('/api/account/acc-1')).body).toMatchObject({ name: 'Vlierhaven', motto: null })
    await save(dev, { 'schemas/contact.object.yml': CONTACT }, 'Live after')
    expect((await get('/api/contact')).body).toEqual({ items: [] })
    await save(dev, { 'schemas/account.object.yml': 'fields: [' }, 'Nothing was written')
    expect((await get('/api/account/acc-1')).body).toMatchObject({ name: 'Vlierhaven', motto: null })
    const patch = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"motto":"Onward"}' }
    expect((await fetch(`${base}/api/account/acc-1`, patch)).status).toBe(200)
    await save(dev, { 'schemas/account.object.yml': ACCOUNT.replace('label: Account', 'label: Customer') }, 'Live after')
    expect((await get('/api/account/acc-1')).body).not.toHaveProperty('motto')
    // The column holds a value, so it was not dropped.
    await dev.says('dev/kept-in-database')
    expect(await dev.end('SIGINT')).toBe(0)
    expect(existsSync(join(folder.path, '.objectql/dev.db'))).toBe(true)
  })

  test('schemas that do not compile at first: 503 until they do', async () => {
    folder = createFolder({ 'schemas/account.object.yml': 'fields: [' })
    const dev = startCommand(['dev', '--port', '0'], folder.path)
    command = dev
    await dev.says(/Serving on http\S+\n/)
    base = /Serving on (http\S+)/.exec(dev.err())?.[1] ?? ''
    const { status, body } = await get('/api/account')
    expect([status, body['status'], body['detail']]).toEqual([503, 503, 'The schemas do not compile. The problems are on the terminal.'])
    await save(dev, { 'schemas/account.object.yml': ACCOUNT }, 'Live after')
    expect((await get('/api/account')).status).toBe(200)
  })

  test('a change the database cannot follow is refused with the command, and the last application keeps serving', async () => {
    const dev = await start(FILES)
    await save(
      dev,
      {
        'schemas/account.object.yml': ACCOUNT.replace(
          'status: { type: select, options: [open, closed], default: open }',
          'status: { type: number }',
        ),
      },
      'keeps serving',
    )
    expect(dev.err()).toContain('dev/destructive-change')
    expect(dev.err()).toContain('objectql migrate --allow-drop account.status')
    expect((await get('/api/account/acc-1')).body).toMatchObject({ status: 'open' })
    // The command does it, and the next save is live.
    expect(await startCommand(['migrate', '--allow-drop', 'account.status'], folder.path).end()).toBe(0)
    await save(dev, { 'schemas/contact.object.yml': CONTACT }, 'Live after')
    expect((await get('/api/account/acc-1')).body).toMatchObject({ status: null })
  })

  test('no request fails and nothing stale is served while the application is replaced again and again', async () => {
    const dev = await start(FILES, '--db', ':memory:')
    const agent = new Agent({ keepAlive: true, maxSockets: 4 })
    /** Option counts told when a request was sent, and the label it answered. */
    const answers: { readonly atLeast: number; readonly label: number }[] = []
    const failures: string[] = []
    let live = 0
    let isOver = false
    const labelOf = (text: string): number => Number(/"Label (\d+)"/.exec(text)?.[1] ?? 0)
    const ask = (method: string): Promise<void> =>
      new Promise((resolve) => {
        const atLeast = live
        const outgoing = request(
          `${base}/api/${method === 'POST' ? 'account' : 'metadata/object/account'}`,
          { agent, method, headers: { 'content-type': 'application/json' } },
          (incoming) => {
            let text = ''
            incoming.on('data', (chunk) => {
              text += chunk
            })
            incoming.on('end', () => {
              if ((incoming.statusCode ?? 500) >= 300) failures.push(`${incoming.statusCode} ${text}`)
              else if (method === 'GET') answers.push({ atLeast, label: labelOf(text) })
              resolve()
            })
          },
        )
        outgoing.on('error', (error) => {
          failures.push(String(error))
          resolve()
        })
        outgoing.end(method === 'POST' ? JSON.stringify({ name: 'New' }) : undefined)
      })
    const clients = ['GET', 'GET', 'POST'].map(async (method) => {
      while (!isOver) await ask(method)
    })
    const rounds = 6
    for (let round = 1; round <= rounds; round++) {
      await save(dev, { 'schemas/account.object.yml': ACCOUNT.replace('label: Account', `label: Label ${round}`) }, 'Live after')
      live = round
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    isOver = true
    await Promise.all(clients)
    agent.destroy()
    expect(failures).toEqual([])
    expect(answers.filter(({ atLeast, label }) => label < atLeast)).toEqual([])
    expect(answers.at(-1)?.label).toBe(rounds)
    expect(answers.length).toBeGreaterThan(rounds * 3)
    // Every generation but the last is gone.
    expect(await dev.end('SIGTERM')).toBe(0)
  }, 60_000)

  test('an application that crashes comes back', async () => {
    const dev = await start(FILES)
    await new Promise((resolve) => setTimeout(resolve, 2_100))
    const from = dev.err().length
    const crashed = childrenOf(dev).map((pid) => {
      process.kill(pid, 'SIGKILL')
      return pid
    })
    expect(crashed.length).toBeGreaterThan(0)
    await dev.says('The application crashed.', from)
    await dev.says('Live after', from)
    expect((await get('/api/account/acc-1')).status).toBe(200)
  })
})

/** Process ids of the applications it runs. */
function childrenOf({ child }: RunningCommand): readonly number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const parent = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1])
      return parent === child.pid ? [Number(name)] : []
    } catch {
      return []
    }
  })
}
