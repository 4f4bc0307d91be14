import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { main } from '../../../compiler/cli/main.ts'
import { isReachable, mysql, postgres, type ScratchDatabase } from '../../support/database-servers.ts'
import { createFolder, type Folder, type Outcome } from './support.ts'

const SAMPLE = join(import.meta.dirname, '..', '..', '..')

/** In the sample application. */
async function explain(...words: string[]): Promise<Outcome> {
  let out = ''
  let err = ''
  const code = await main(['explain', 'query', '--cwd', SAMPLE, ...words], {
    out: (text) => {
      out += text
    },
    err: (text) => {
      err += text
    },
    hasColor: false,
    isInteractive: false,
    cwd: SAMPLE,
    env: {},
  })
  return { code, out, err }
}

const QUERY = "ticket?$filter=status eq 'new' and priority ge 2 and priority ge 3&$expand=account($select=name)&$select=subject&$top=5"

describe('explain query', () => {
  test('for people', async () => {
    const { code, out, err } = await explain(QUERY)
    expect([code, err]).toEqual([0, ''])
    const lines = out.split('\n')
    expect(lines[0]).toBe(QUERY)
    expect(lines[2]).toMatch(/^list of ticket, \d+ of 1000 points, shape [\da-f]{64}$/)
    expect(out).toContain('  where (status eq [value 1] and priority ge [value 2] and priority ge [value 3])')
    expect(out).toMatch(/^merge-ranges {2}.+\n {2}- where .+\n {2}\+ where .*priority ge \[max\(value 2; value 3\)\]/m)
    expect(out).toContain('The index on (status, priority, opened_at) serves this query.')
    expect(out).toMatch(/^SQLite\n {2}select .*from "ticket" as t0 where/m)
    expect(out).toMatch(/^ {2}1 {2}text +value 1, for status$/m)
    expect(out).toContain('Plan of SQLite, an empty database with this schema')
    expect(out).toMatch(/SEARCH t0 USING INDEX ticket_queue_idx \(status=\? AND priority>\?\)/)
    // Values are in the query that was asked, and nowhere else.
    expect(lines.slice(1).join('\n')).not.toContain('new')
  })

  test('values are shown when they are asked for', async () => {
    const { out } = await explain(QUERY, '--values')
    expect(out).toMatch(/^ {2}1 {2}text +value 1, for status {2}= "new"$/m)
    expect(out).toMatch(/max\(value 2, for priority; value 3, for priority\) {2}= 3$/m)
  })

  test('as one line of JSON per database', async () => {
    const { code, out, err } = await explain(QUERY, '--json', '--database', 'sqlite,postgres,mysql')
    expect([code, err]).toEqual([0, ''])
    const found = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(found.map(({ database }) => database)).toEqual(['sqlite', 'postgres', 'mysql'])
    for (const one of found) {
      expect(one).toMatchObject({
        schemaVersion: 1,
        kind: 'explanation',
        query: QUERY,
        object: 'ticket',
        operation: 'list',
        isEmpty: false,
      })
      expect(one.passes.map(({ name }: { name: string }) => name)).toContain('merge-ranges')
      expect(one.statements[0].parameters[0]).toEqual({ kind: 'text', source: 'value 1, for status' })
    }
    expect(found[0].statements[0].plan.join()).toContain('SEARCH t0')
    expect(found[1].statements[0].sql).toContain('$1')
    expect(found[1].statements[0]).not.toHaveProperty('plan')
    expect(new Set(found.map(({ hash }) => hash)).size).toBe(1)
  })

  test('the same query, however it is written', async () => {
    const forms = [
      ['ticket?$filter=status eq %27new%27'],
      ["/api/ticket?$filter=status%20eq%20'new'"],
      ["https://example.com/api/ticket?$filter=status eq 'new'"],
      ['--object', 'ticket', '{"where":{"status":"new"}}'],
      ['{"object":"ticket","where":{"status":"new"}}'],
      ['ticket?status=new'],
    ]
    const sql = await Promise.all(forms.map(async (words) => JSON.parse((await explain(...words, '--json')).out).statements[0].sql))
    expect(new Set(sql).size).toBe(1)
  })

  test.each([
    ['ticket/count?status=new', /^count of ticket/m, 'select count(*)'],
    ['ticket/tic-1?$select=subject', /^get of ticket/m, 'id of the record'],
    ['ticket?$filter=false', /^list of ticket/m, 'Nothing ever matches: the database is not asked.'],
    ["ticket?$filter=subject eq 'a' and subject eq 'b'", /^list/m, 'Asks the database only if\n  [value 1] eq [value 2]'],
    ['ticket?cursor=', /^list/m, 'SQLite, first page'],
    ['ticket?cursor=abc&$orderby=subject', /^list/m, 'sort key 1 of the cursor'],
    ['ticket?$filter=opened_at gt now()', /^list/m, 'time of the request'],
    ['ticket?$search=leak&$count=true', /^list/m, 'words to search for'],
  ])('%s', async (query, head, expected) => {
    const { code, out, err } = await explain(query)
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(head)
    expect(out).toContain(expected)
  })

  test('passes can be left out', async () => {
    const { out } = await explain(QUERY, '--without', 'merge-ranges,advise-indexes')
    expect(out).not.toContain('merge-ranges')
    expect(out).not.toContain('Notes')
    expect(out).toContain('t0."priority" >= ? and t0."priority" >= ?')
  })

  test('nothing is written', async () => {
    const before = readdirSync(SAMPLE)
    await explain('ticket')
    expect(readdirSync(SAMPLE)).toEqual(before)
  })
})

describe('what is wrong is shown in its place, exit code 1', () => {
  test.each([
    ['tickt', 'There is no object "tickt". Did you mean "ticket"?', 'tickt', 't'],
    ["ticket?$filter=stauts eq 'a'", 'Did you mean "status"?', undefined, "stauts eq 'a'"],
    ['ticket?$top=5&$filter=contains(subject,', 'found the end', undefined, ''],
    [
      "ticket?$filter=subject%20eq%20'%C3%A4'%20and%20foo(1)%20eq%202",
      'The function "foo" is not known',
      "ticket?$filter=subject eq 'ä' and foo(1) eq 2",
      'foo(1)',
    ],
    ['ticket?nmae=1', 'has no field "nmae"', undefined, 'nmae'],
    ['ticket?$orderby=subject upward', 'is not a sort item', undefined, 'subject upward'],
    ['ticket?$top=-1', 'must be a whole number', undefined, '$top'],
    ['ticket?filter={"status":{"$foo":1}}', '"$foo" is no operator', undefined, '$foo'],
    ['{"object":"ticket","where":{"$or":[{"status":"a"},{"foo":1}]}}', 'has no field "foo"', undefined, 'foo'],
    ['{"object":"ticket","where":"stauts eq 1"}', 'Did you mean "status"?', undefined, 'stauts eq 1'],
    ['{"object":"ticket","where":{"priority":"high"}}', 'is not a number', undefined, undefined],
    ['{"object":"ticket","wehre":{}}', 'Did you mean "where"?', undefined, 'wehre'],
    ['{"object":"tickt"}', 'Did you mean "ticket"?', undefined, 'object'],
    ['{"where":{}}', 'Which object is asked?', undefined, '{'],
    ['{"object":"ticket",', 'load', undefined, undefined],
  ])('%s', async (query, message, shown = query, below) => {
    const { code, out, err } = await explain(query)
    expect([code, out]).toEqual([1, ''])
    const lines = err.split('\n')
    if (message !== 'load') expect(lines[1]).toContain(message)
    expect(lines[3]?.trim()).toBe(shown)
    if (below === undefined) return
    const column = lines[4]!.indexOf('^')
    expect(column, err).toBeGreaterThan(1)
    expect(lines[3]!.slice(column).startsWith(below === '' ? '' : below), err).toBe(true)
    if (below === '') expect(column).toBe(lines[3]!.length)
  })

  test('as JSON', async () => {
    const { code, out } = await explain("ticket?$filter=stauts eq 'a'", '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({
      schemaVersion: 1,
      kind: 'problem',
      code: 'INVALID_FILTER',
      message: expect.stringContaining('stauts'),
      parameter: '$filter',
      position: 0,
      text: "ticket?$filter=stauts eq 'a'",
      offset: 15,
    })
  })

  test('queries that cost too much say what they cost', async () => {
    const parts = Array.from({ length: 400 }, (_, index) => `contains(account/name,'${index}')`).join(' or ')
    const { code, err } = await explain(`ticket?$filter=${parts}`)
    expect(code).toBe(1)
    expect(err).toMatch(/This query costs \d+ points and 1000 are allowed/)
    // Only as much of a long line as one can read.
    expect(Math.max(...err.split('\n').map((line) => line.length))).toBeLessThan(320)
  })
})

describe('wrong usage is exit code 2', () => {
  test.each([
    [[], 'which query?'],
    [['ticket', '--database', 'oracle'], "not 'oracle'"],
    [['ticket', '--without', 'magic'], "no pass is called 'magic'"],
    [['ticket', '--analyze'], 'needs --datasource'],
    [['ticket', '--database', 'sqlite', '--datasource', 'sqlite:a.db'], 'use one of them'],
    [['ticket', 'contact'], 'too many arguments'],
  ])('%j', async (words, message) => {
    const { code, out, err } = await explain(...words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(message)
  })
})

describe('codes are explained as before', () => {
  const folder = createFolder()
  afterAll(() => folder.remove())

  test('and take none of the options of queries', async () => {
    expect((await folder.run('explain', 'link/unknown-object')).code).toBe(0)
    expect((await folder.run('explain', 'link/unknown-object', 'ticket')).code).toBe(2)
    expect(await folder.run('explain', 'link/unknown-object', '--values')).toMatchObject({
      code: 2,
      err: expect.stringContaining('--values'),
    })
  })
})

describe('an application of its own', () => {
  let folder: Folder
  afterEach(() => folder.remove())

  test('named queries, with and without their values', async () => {
    folder = createFolder({ 'schemas/ticket.object.yml': TICKET })
    const asked = await folder.run('explain', 'query', 'ticket.open_of_owner')
    expect([asked.code, asked.err]).toEqual([0, ''])
    expect(asked.out).toContain('owner eq [owner]')
    expect(asked.out).toMatch(/text +owner, for owner/)
    const given = await folder.run('explain', 'query', '/api/ticket/queries/open_of_owner?owner=u1&level=3', '--values')
    expect(given.out).toMatch(/owner, for owner {2}= "u1"/)
    expect(given.out).toMatch(/level, for level {2}= 3/)
    const wrong = await folder.run('explain', 'query', 'ticket.open_of_owner?owner=u1&level=many', '--values')
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('level') })
  })

  test('schemas with errors are told', async () => {
    folder = createFolder({ 'schemas/a.object.yml': 'name: a\nfields:\n  b: { type: nothing }\n' })
    const { code, err } = await folder.run('explain', 'query', 'a')
    expect(code).toBe(1)
    expect(err).toContain('schemas/a.object.yml:3')
  })

  test('a file of SQLite is asked for its plan, and stays as it is', async () => {
    folder = createFolder({ 'schemas/ticket.object.yml': TICKET })
    const db = new DatabaseSync(join(folder.path, 'app.db'))
    db.exec('create table ticket (id text primary key, name text) without rowid')
    db.close()
    const { code, out } = await folder.run('explain', 'query', 'ticket?$select=name&id=a', '--datasource', 'sqlite:./app.db')
    expect(code).toBe(0)
    expect(out).toContain('Plan of sqlite:./app.db\n')
    const older = await folder.run('explain', 'query', 'ticket?level=1', '--datasource', 'sqlite:./app.db')
    expect(older).toMatchObject({ code: 1, out: expect.stringContaining('no such column') })
    const missing = await folder.run('explain', 'query', 'ticket', '--datasource', 'sqlite:./nothing.db')
    expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('The datasource cannot be opened') })
    expect(readdirSync(folder.path)).not.toContain('nothing.db')
  })
})

const TICKET = `name: ticket
fields:
  name: { type: text }
  level: { type: number, scale: 0 }
  owner: { type: lookup, reference_to: ticket }
queries:
  open_of_owner:
    params:
      owner: { type: lookup, reference_to: ticket }
      level: { type: number, required: false }
    where: { owner: $owner, level: { $gt: $level } }
    orderBy: { name: desc }
`

describe.each([
  ['PostgreSQL', postgres, 'postgres', (name: string) => `postgres://postgres@127.0.0.1:5432/${name}`],
  ['MariaDB', mysql, 'mysql', (name: string) => `mysql://root@127.0.0.1:3306/${name}`],
] as const)('%s', (_label, server, dialect, urlOf) => {
  const isThere = isReachable(server)
  let scratch: ScratchDatabase
  const folder = createFolder({ 'schemas/ticket.object.yml': TICKET })

  beforeAll(() => {
    if (!isThere) return
    scratch = server.create('explain')
    const id = dialect === 'postgres' ? 'text collate "C"' : 'varchar(191) collate utf8mb4_nopad_bin'
    scratch.run(`create table ticket (id ${id} primary key, name ${id}, level bigint, owner ${id});`)
  })
  afterAll(() => {
    folder.remove()
    if (isThere) scratch.drop()
  })

  test.skipIf(!isThere)(
    'tells its plan, and measures when it is asked to',
    async () => {
      const words = ['explain', 'query', 'ticket?$filter=level gt 3&$select=name', '--datasource', urlOf(scratch.name)]
      const plain = await folder.run(...words)
      expect([plain.code, plain.err]).toEqual([0, ''])
      expect(plain.out).toMatch(dialect === 'postgres' ? /Scan .*on ticket/ : /select_type +table/)
      expect(plain.out).not.toMatch(/actual|r_rows/)
      const measured = await folder.run(...words, '--analyze')
      expect(measured.out).toMatch(dialect === 'postgres' ? /actual/ : /r_rows/)
      const missing = await folder.run('explain', 'query', 'ticket', '--datasource', urlOf(scratch.name))
      expect(missing.code).toBe(1)
      expect(missing.out).toMatch(/No plan of/)
    },
    30_000,
  )
})
