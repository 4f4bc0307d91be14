import { expect, test } from 'vitest'
import type { SeedIr } from '../../../../compiler/ir/object.ts'
import { Span } from '../../../../compiler/source/span.ts'
import { isReachable, mysql, postgres } from '../../../support/database-servers.ts'
import { officeApp } from '../../../support/office.ts'
import { runningApp } from '../../../support/running-app.ts'

const SERVERS = [
  {
    name: 'PostgreSQL',
    server: postgres,
    isThere: isReachable(postgres),
    url: (database: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@${process.env['PGHOST'] ?? '127.0.0.1'}/${database}`,
  },
  {
    name: 'MariaDB',
    server: mysql,
    isThere: isReachable(mysql),
    url: (database: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1/${database}`,
  },
]

const seed = (object: string, mode: SeedIr['mode'], key: string, records: SeedIr['records']): SeedIr => ({
  object,
  mode,
  key,
  records,
  span: Span.file('a.data.yml'),
})

const seeds = [
  // Each refers to one that comes later, and to itself in a circle.
  seed('account', 'upsert', 'email', [
    { name: 'Acme', email: 'acme@example.com', owner: 'u1', tags: ['a'], active: true, founded: '2020-01-02' },
    { name: 'Lost', email: 'lost@example.com', owner: 'nobody' },
  ]),
  seed('user', 'upsert', 'id', [
    { id: 'u1', name: 'Ann', boss: 'u2' },
    { id: 'u2', name: 'Bob', boss: 'u1' },
  ]),
  seed('task', 'replace', 'id', [{ id: 't1', account: null }]),
]

test.for(SERVERS)('seeds on $name', { timeout: 60_000 }, async ({ isThere, server, url }, { skip }) => {
  if (!isThere) skip()
  const database = server.create('seeds')
  const { app, close } = await runningApp(officeApp({ seeds }), { datasource: url(database.name), dialects: ['postgres', 'mysql'] })
  try {
    expect(await app.seed()).toEqual({ inserted: 5, updated: 0, skipped: 0, dangling: ['account → user'] })
    expect(await app.objects['account']!.getBy({ email: 'acme@example.com' })).toMatchObject({ owner: 'u1', tags: ['a'], active: true })
    expect(await app.objects['user']!.get('u2')).toMatchObject({ boss: 'u1' })
    expect(await app.objects['task']!.get('t1')).toMatchObject({ title: 'untitled' })
    await app.objects['user']!.update('u2', { name: 'Changed', boss: null })
    await app.objects['task']!.update('t1', { title: 'changed' })
    expect(await app.seed()).toEqual({ inserted: 0, updated: 2, skipped: 3, dangling: ['account → user'] })
    expect(await app.objects['user']!.get('u2')).toMatchObject({ name: 'Bob', boss: 'u1' })
    expect(await app.objects['task']!.get('t1')).toMatchObject({ title: 'untitled' })
  } finally {
    await close()
    database.drop()
  }
})
