import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ACCOUNT, CONTACT, createFolder, type Folder } from '../unit/cli/support.ts'
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

const SEEDS = 'object: account\nrecords:\n  - { id: acc-1, name: Vlierhaven, status: open }\n'

describe('objectql serve', () => {
  test('serves what was compiled, with its seeds, and ends with 0 on SIGTERM', async () => {
    folder = createFolder({
      'schemas/account.object.yml': ACCOUNT,
      'schemas/contact.object.yml': CONTACT,
      'schemas/account.data.yml': SEEDS,
    })
    expect((await folder.run('compile')).code).toBe(0)
    const command = start('serve', '--port', '0', '--db', 'sqlite:./app.db', '--seed', '--json')
    const { url, api, docs } = await command.line('listening')
    expect([api, docs]).toEqual([`${url}/api`, `${url}/docs`])
    const { items } = (await (await fetch(`${api}/account`)).json()) as { items: { name: string }[] }
    expect(items.map(({ name }) => name)).toEqual(['Vlierhaven'])
    const created = await fetch(`${api}/contact`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ida', account: 'acc-1' }),
    })
    expect(created.status).toBe(201)
    expect(await command.end('SIGTERM')).toBe(0)
    expect(existsSync(join(folder.path, 'app.db'))).toBe(true)

    const again = start('serve', '--port', '0', '--db', './app.db', '--json')
    const contacts = (await (await fetch(`${(await again.line('listening'))['api']}/contact`)).json()) as { items: unknown[] }
    expect(contacts.items).toHaveLength(1)
    expect(await again.end('SIGINT')).toBe(0)
  })

  test('a port in use and a database that cannot be opened are diagnostics', async () => {
    folder = createFolder({ 'schemas/account.object.yml': ACCOUNT })
    await folder.run('compile')
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const { port } = blocker.address() as { port: number }
    const blocked = start('serve', '--port', String(port), '--db', ':memory:')
    expect(await blocked.end()).toBe(1)
    expect(blocked.err()).toContain('serve/port-in-use')
    blocker.close()

    folder.write({ 'broken.db': 'this is no database, and long enough to be looked at as one.'.repeat(20) })
    const broken = start('serve', '--port', '0', '--db', './broken.db')
    expect(await broken.end()).toBe(1)
    expect(broken.err()).toContain('serve/database-failed')
  })

  test('output that was damaged by hand is a diagnostic, not a stack trace', async () => {
    folder = createFolder({ 'schemas/account.object.yml': ACCOUNT })
    await folder.run('compile')
    folder.write({ 'generated/index.ts': 'throw new Error("damaged")\n' })
    const command = start('serve', '--port', '0', '--db', ':memory:')
    expect(await command.end()).toBe(1)
    expect(command.err()).toContain('serve/app-failed')
    expect(command.err()).toContain('damaged')
    expect(command.err()).not.toContain('    at ')
  })

  test('migrate shows and does what a database needs, and drops only what it is told to', async () => {
    folder = createFolder({ 'schemas/account.object.yml': ACCOUNT, 'schemas/account.data.yml': SEEDS })
    await folder.run('compile')
    const db = ['--db', './app.db']
    const dry = start('migrate', ...db, '--dry-run')
    expect([await dry.end(), existsSync(join(folder.path, 'app.db'))]).toEqual([0, false])
    expect(dry.out()).toMatch(/create table "account"/i)
    const server = start('serve', ...db, '--port', '0', '--seed', '--json')
    await server.line('listening')
    expect(await server.end('SIGTERM')).toBe(0)
    folder.write({
      'schemas/account.object.yml': ACCOUNT.replace(/ {2}status.*\n/, '  size: { type: number }\n'),
      'schemas/account.data.yml': SEEDS.replace(', status: open', ''),
    })
    await folder.run('compile')
    const kept = start('migrate', ...db)
    expect(await kept.end()).toBe(0)
    expect(kept.out()).toMatch(/alter table "account" add/i)
    expect(kept.err()).toContain('dev/kept-in-database')
    expect(kept.err()).toContain('objectql migrate --allow-drop account.status')
    const dropped = start('migrate', ...db, '--allow-drop', 'account.status', '--json')
    expect(await dropped.end()).toBe(0)
    expect(dropped.out()).toMatch(/drop column/i)
    const done = start('migrate', ...db)
    expect([await done.end(), done.err()]).toEqual([0, 'Nothing to do.\n'])
  })
})
