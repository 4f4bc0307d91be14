import { describe, expect, test } from 'vitest'
import { postgres } from '../../../../runtime-lite/postgres/index.ts'
import { loadPg } from '../../../../runtime-lite/postgres/load-pg.ts'
import { postgresSettings } from '../../../../runtime-lite/postgres/postgres-options.ts'
import { createStatementNames } from '../../../../runtime-lite/postgres/statement-names.ts'
import { read } from './support.ts'

describe('options', () => {
  test('have defaults, and may stand in the address', () => {
    expect(postgresSettings('postgres://h/d')).toMatchObject({ url: 'postgres://h/d', max: 10, pipelines: 4, statementTimeout: 30_000 })
    expect(
      postgresSettings('postgresql://u:p%40@h:1/d?max=4&pipelines=3&sslmode=require&preparedStatements=false&statementTimeout=50'),
    ).toMatchObject({
      url: 'postgresql://u:p%40@h:1/d?sslmode=require',
      max: 4,
      pipelines: 3,
      statementTimeout: 50,
      preparedStatements: false,
    })
    expect(postgresSettings({ max: 1 })).toMatchObject({ max: 1, pipelines: 0 })
    expect(postgresSettings({ url: 'postgres:///d?host=/run/pg&options=-c%20search_path%3Da', options: '-c work_mem=1MB' })).toMatchObject({
      url: 'postgres:///d?host=%2Frun%2Fpg',
      options: '-c search_path=a -c work_mem=1MB',
    })
  })

  test.each([
    [{ max: 0 }, /"max" must be a whole number from 1/],
    [{ max: 2.5 }, /"max" must be a whole number from 1/],
    [{ max: 2, pipelines: 2 }, /transactions need a connection/],
    [{ statementTimeout: -1 }, /"statementTimeout" must be 0 or more, not -1/],
    [{ idleTimeout: Number.NaN }, /"idleTimeout" must be 0 or more/],
    [{ url: 'postgres://h/d?max=many' }, /"max" must be 0 or more/],
    [{ url: 'mysql://h/d' }, /begins with "postgres:\/\/"/],
  ])('that make no sense are refused: %j', (options, message) => {
    expect(() => postgresSettings(options)).toThrow(message)
  })
})

describe('connecting', () => {
  test('says what to install when pg is missing, and nothing else', async () => {
    const missing = (name: string) => () =>
      Promise.reject(Object.assign(new Error(`Cannot find package '${name}' imported from /app/x.js`), { code: 'ERR_MODULE_NOT_FOUND' }))
    await expect(loadPg(missing('pg'))).rejects.toThrow('PostgreSQL needs the package "pg", which is not installed. Run: npm install pg')
    await expect(loadPg(missing('pg-protocol'))).rejects.toThrow("Cannot find package 'pg-protocol'")
  })

  test('says why it is not possible, without the password', async () => {
    // Nothing listens on the discard port.
    const outcome = postgres('postgres://u:secret-word@127.0.0.1:9/d?acquireTimeout=5000').catch((error: unknown) => error)
    expect(String(await outcome)).toBe('Error: PostgreSQL cannot be used: connect ECONNREFUSED 127.0.0.1:9')
  })
})

describe('names of statements', () => {
  test('are given from the third use on, and given up when others need them more', () => {
    const retired: string[] = []
    const names = createStatementNames(2, (name) => retired.push(name))
    const [a, b, c] = [read('a'), read('b'), read('c')]
    const use = (statement: typeof a, times: number) => Array.from({ length: times }, () => names.nameOf(statement)).at(-1)
    expect([use(a, 1), use(a, 1)]).toEqual([undefined, undefined])
    const name = use(a, 1)
    expect(name).toBeTypeOf('string')
    expect(use(a, 3)).toBe(name)
    expect(use(b, 3)).not.toBe(name)
    expect(use(c, 3)).toBeTypeOf('string')
    expect(retired).toHaveLength(1)
    const renewed = use(c, 1) as string
    names.renew(c, renewed)
    expect(retired).toContain(renewed)
    expect(names.nameOf(c)).not.toBe(renewed)
    // Somebody else was faster.
    names.renew(c, renewed)
    expect(retired.filter((old) => old === renewed)).toHaveLength(1)
  })

  test('are not given at all where there is no room', () => {
    const names = createStatementNames(0, () => undefined)
    const statement = read('a')
    for (let use = 0; use < 5; use++) expect(names.nameOf(statement)).toBeUndefined()
  })
})
