import { afterEach, expect, test } from 'vitest'
import { createFolder, type Folder } from '../unit/cli/support.ts'
import { type RunningCommand, startCommand } from './command.ts'

let folder: Folder
const running: RunningCommand[] = []
afterEach(async () => {
  for (const command of running.splice(0)) await command.end('SIGKILL')
  folder.remove()
})

const start = (...words: string[]): RunningCommand => {
  const command = startCommand(words, folder.path)
  running.push(command)
  return command
}

/** Ids of all records, those in the trash with a star; works on them first. */
async function served(
  work: (api: string) => Promise<unknown> = async () => undefined,
): Promise<Readonly<Record<string, readonly string[]>>> {
  const command = start('serve', '--port', '0', '--db', './app.db', '--json')
  const api = String((await command.line('listening'))['api'])
  await work(api)
  const found = await Promise.all(
    ['letter', 'note'].map(async (object) => {
      const { items } = (await (await fetch(`${api}/${object}?deleted=with&sort=id`)).json()) as {
        items: { id: string; deleted_at: unknown }[]
      }
      return [object, items.map(({ id, deleted_at }) => (deleted_at === null ? id : `${id}*`))] as const
    }),
  )
  expect(await command.end('SIGTERM')).toBe(0)
  return Object.fromEntries(found)
}

const call = (url: string, method: string, body?: unknown): Promise<Response> =>
  fetch(url, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }) })

async function purge(...words: string[]): Promise<readonly [number | null, unknown, string]> {
  const command = start('trash', 'purge', ...words, '--db', 'sqlite:./app.db', '--json')
  const code = await command.end()
  return [code, command.out() === '' ? undefined : JSON.parse(command.out()), command.err()]
}

test('objectql trash purge empties the trash of a database file, hooks included', { timeout: 120_000 }, async () => {
  folder = createFolder({
    'schemas/letter.object.yml': 'name: letter\nsoft_delete: { enabled: true, retention_days: 30 }\nfields:\n  name: { type: text }\n',
    'schemas/note.object.yml': 'name: note\nenable: { trash: true }\nfields:\n  name: { type: text }\n',
    'schemas/note.hook.ts':
      "export function beforePurge(ctx: any) {\n  if (ctx.previous.name === 'held') throw new Error('This one is held.')\n}\n",
  })
  expect((await folder.run('compile')).code).toBe(0)
  const before = await served(async (api) => {
    for (const [object, id, name] of [
      ['letter', 'l1', 'a'],
      ['letter', 'l2', 'b'],
      ['note', 'n1', 'held'],
      ['note', 'n2', 'loose'],
      ['note', 'n3', 'stays'],
    ])
      expect((await call(`${api}/${object}`, 'POST', { id, name })).status).toBe(201)
    for (const path of ['letter/l1', 'note/n1', 'note/n2']) expect((await call(`${api}/${path}`, 'DELETE')).status).toBe(204)
  })
  expect(before).toEqual({ letter: ['l1*', 'l2'], note: ['n1*', 'n2*', 'n3'] })
  // Nothing is 30 days old, and notes have no such days.
  expect((await purge()).slice(0, 2)).toEqual([0, { schemaVersion: 1, kind: 'trash', purged: 0 }])
  expect((await purge('--older-than', '1h')).slice(0, 2)).toEqual([0, { schemaVersion: 1, kind: 'trash', purged: 0 }])
  expect((await purge('note', '--older-than', '0')).slice(0, 2)).toEqual([0, { schemaVersion: 1, kind: 'trash', purged: 1 }])
  expect(await served()).toEqual({ letter: ['l1*', 'l2'], note: ['n1*', 'n3'] })
  expect((await purge('--older-than', '0d')).slice(0, 2)).toEqual([0, { schemaVersion: 1, kind: 'trash', purged: 1 }])
  expect(await served()).toEqual({ letter: ['l2'], note: ['n1*', 'n3'] })
  expect((await purge('nobody')).slice(0, 2)).toMatchObject([1, { code: 'serve/app-failed', message: expect.stringContaining('nobody') }])
  for (const wrong of ['soon', '-1', '3w', '']) expect((await purge('--older-than', wrong))[0], wrong).toBe(2)
})
