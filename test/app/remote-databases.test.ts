import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../support/database-servers.ts'
import { mysqlUrl, postgresUrl } from '../support/sources.ts'
import { ACCOUNT, CONTACT, createFolder, type Folder } from '../unit/cli/support.ts'
import { type RunningCommand, startCommand } from './command.ts'

const SERVERS = [
  { name: 'PostgreSQL', server: postgres, isThere: isReachable(postgres), urlOf: postgresUrl, dialect: 'postgres' },
  { name: 'MariaDB', server: mysql, isThere: isReachable(mysql), urlOf: mysqlUrl, dialect: 'mysql' },
] as const

const SEEDS = 'object: account\nrecords:\n  - { id: acc-1, name: Vlierhaven, status: open }\n'

describe.for(SERVERS)('the command line on $name', ({ server, isThere, urlOf, dialect }) => {
  const it = test.skipIf(!isThere)
  let database: ScratchDatabase
  let folder: Folder
  const running: RunningCommand[] = []
  const start = (...words: string[]): RunningCommand => {
    const command = startCommand(words, folder.path)
    running.push(command)
    return command
  }
  beforeAll(async () => {
    if (!isThere) return
    database = server.create('cli')
    folder = createFolder({
      'objectql.config.json': JSON.stringify({ dialects: ['sqlite', dialect] }),
      'schemas/account.object.yml': ACCOUNT,
      'schemas/contact.object.yml': CONTACT,
      'schemas/account.data.yml': SEEDS,
    })
    expect((await folder.run('compile')).code).toBe(0)
  }, 60_000)
  afterEach(async () => {
    for (const command of running.splice(0)) await command.end('SIGKILL')
  })
  afterAll(() => {
    if (!isThere) return
    folder.remove()
    database.drop()
  })

  it('migrate says what it would create, creates it once, and names what it refuses', { timeout: 60_000 }, async () => {
    const url = urlOf(database)
    const planned = start('migrate', '--datasource', url, '--dry-run')
    expect(await planned.end()).toBe(0)
    expect(planned.out()).toMatch(/create table .account. /)
    expect(planned.err()).toMatch(/statements would run/)
    const done = start('migrate', '--db', url, '--json')
    expect(await done.end()).toBe(0)
    const statements = JSON.parse(done.out().trim().split('\n').at(-1) ?? '') as { statements: string[] }
    expect(statements.statements.length).toBeGreaterThan(1)
    const again = start('migrate', '--db', url)
    expect(await again.end()).toBe(0)
    expect(again.err()).toContain('Nothing to do')
    const drop = start('migrate', '--db', url, '--allow-drop', 'account.status')
    expect(await drop.end()).toBe(1)
    expect(drop.err()).toContain('Drop it by hand')

    const digest =
      dialect === 'mysql' ? "update _objectql set value = 0 where `key` = 'digest'" : "update _objectql set value = 0 where key = 'digest'"
    database.run(
      `${digest}; alter table account drop column name; alter table account add column name ${dialect === 'mysql' ? 'int' : 'integer'};`,
    )
    const refused = start('migrate', '--db', url)
    expect(await refused.end()).toBe(1)
    expect(refused.err()).toContain('dev/destructive-change')
    expect(refused.err()).toMatch(/"name" of table "account" is int/)
    database.run('drop table contact; drop table account; drop table _objectql;')
  })

  it('serve takes --datasource, several at once on an empty database; each ends with 0 on SIGTERM', { timeout: 60_000 }, async () => {
    const servers = Array.from({ length: 3 }, () => start('serve', '--port', '0', '--datasource', urlOf(database), '--seed', '--json'))
    for (const command of servers) {
      const { api } = await command.line('listening')
      const { items } = (await (await fetch(`${api}/account`)).json()) as { items: { name: string }[] }
      expect(items.map(({ name }) => name)).toEqual(['Vlierhaven'])
    }
    for (const command of servers) expect(await command.end('SIGTERM')).toBe(0)
  })

  it('dev serves from it', { timeout: 60_000 }, async () => {
    const command = start('dev', '--port', '0', '--datasource', urlOf(database))
    await expect.poll(() => command.err(), { timeout: 30_000 }).toContain('Live after')
    const reset = start('dev', '--port', '0', '--db', urlOf(database), '--reset')
    expect(await reset.end()).toBe(2)
    expect(reset.err()).toContain('--reset')
  })

  it('what is wrong with the database is one diagnostic, without the password', { timeout: 60_000 }, async () => {
    const secret = 's3cr@t/x'
    const missing = urlOf({ name: 'objectql_no_such_database' }).replace('@', `:${encodeURIComponent(secret)}@`)
    for (const words of [
      ['serve', '--port', '0', '--db', missing],
      ['migrate', '--db', missing],
    ]) {
      const command = start(...words)
      expect(await command.end()).toBe(1)
      expect(command.err()).toContain('serve/database-failed')
      expect(command.err()).toMatch(/does not exist|Access denied|Unknown database/)
      expect(command.err()).not.toMatch(/s3cr/)
    }
    const unreadable = start('serve', '--port', '0', '--db', missing.replace('127.0.0.1', '127.0.0.1:port'))
    expect(await unreadable.end()).toBe(1)
    expect(unreadable.err()).toContain('percent-encoded')
    expect(unreadable.err()).not.toMatch(/s3cr/)
    const unknown = start('serve', '--port', '0', '--db', 'oracle://me:s3cret@host/x')
    expect(await unknown.end()).toBe(1)
    expect(unknown.err()).toContain('postgres://')
    expect(unknown.err()).not.toMatch(/s3cr/)
    const both = start('serve', '--db', ':memory:', '--datasource', missing)
    expect(await both.end()).toBe(2)
  })
})
