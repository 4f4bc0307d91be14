import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CompiledRule, RuleOperation } from '../../compiler/ir/rule.ts'
import { Span } from '../../compiler/source/span.ts'
import { objectIr } from '../support/ir.ts'
import { COMPILERS, type CompilerName, checkTypes, generatedTypes, writeText, writeTypeProject } from '../support/type-project.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const rule = (severity: CompiledRule['severity'], ...on: readonly RuleOperation[]): CompiledRule => ({
  kind: 'format',
  field: 'email',
  format: 'email',
  name: 'mailed',
  code: 'mailed',
  severity,
  message: 'No address.',
  on,
  about: ['email'],
  priority: 100,
  span: Span.file('test.yml'),
})

const objectWith = (name: string, ...compiledRules: readonly CompiledRule[]) =>
  objectIr({ name, fields: { email: 'text', amount: 'number' }, compiledRules })

/** `strict` refuses, and `gone` warns of deletions: what they answer with has no warnings. */
const objects = [
  objectWith('warned', rule('warning', 'create', 'update')),
  objectWith('strict', rule('error', 'create', 'update')),
  objectWith('gone', rule('info', 'delete')),
  objectWith('plain'),
]
const folder = mkdtempSync(join(tmpdir(), 'objectql-told-'))
beforeAll(() => writeTypeProject(folder, objects))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const PREAMBLE = `
import { createClient, type Connection } from './generated/client/index.js'
import { createWarned, createWarnedList, updateFirstWarned, updateStrict, updateWarned, upsertWarned } from './generated/client/operations.js'
import type { QueryCompiler, RuleWarning } from 'objectql/client'
import type { Objects, Warned } from './generated/objects/index.js'
declare const connection: Connection
declare const app: Objects
declare const queries: QueryCompiler<Objects>
const client = createClient(connection)
type Equal<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false
const same = <Left, Right>(..._: Equal<Left, Right> extends true ? [] : ['these types differ']): void => {}
type Warnings = readonly RuleWarning[] | undefined
export { app, client, connection, queries, same, createWarned, createWarnedList, updateFirstWarned, updateStrict, updateWarned, upsertWarned }
`

const USES = `
const made = await client.warned.create({ email: 'x' })
same<(typeof made)['@warnings'], Warnings>()
export const record: Warned = made
export const messages: readonly string[] = made['@warnings']?.map(({ severity, message }) => severity + message) ?? []
same<(typeof changed)['@warnings'], Warnings>()
const changed = await client.warned.update('1', { amount: { $inc: 1 } })
export const all = (await client.warned.createMany([{ email: 'x' }])).flatMap((one) => one['@warnings'] ?? [])
export const each = (await client.warned.createMany([{ email: 'x' }], { atomic: false })).flatMap(({ record }) => record?.['@warnings'] ?? [])
export const first = (await client.warned.findOneAndUpdate({ amount: 1 }, { amount: 2 }))?.['@warnings']?.[0]?.pointer
export const upserted = (await client.warned.upsertMany([{ email: 'x' }]))[0]?.['@warnings']
export const cloned = (await client.warned.clone('1', { email: 'y' }))['@warnings']
export const functions = [
  (await createWarned(connection, { email: 'x' }))['@warnings'],
  (await createWarnedList(connection, [{ email: 'x' }]))[0]?.['@warnings'],
  (await updateWarned(connection, '1', { amount: 1 }, { ifMatch: 'x' }))['@warnings'],
  (await updateFirstWarned(connection, {}, { amount: 1 }))?.['@warnings'],
  (await upsertWarned(connection, { email: 'x' }, { on: ['id'] }))['@warnings'],
] satisfies Warnings[]
export const inProcess = (await app.warned.update('1', { amount: 1 }))['@warnings']
same<typeof inProcess, Warnings>()
const [page] = (await queries.compile('warned', { where: { email: '$email' }, select: ['amount'] }).execute({ email: 'x' })).items
same<typeof page, { amount: number | null } | undefined>()
`

const MISTAKES: readonly (readonly [call: string, says: RegExp])[] = [
  [`(await client.warned.get('1'))['@warnings']`, /@warnings/],
  [`(await client.warned.list()).items[0]?.['@warnings']`, /@warnings/],
  [`client.warned.list({ select: ['@warnings'] })`, /"@warnings"/],
  [`client.warned.list({ orderBy: { '@warnings': 'asc' } })`, /@warnings/],
  [`client.warned.create({ '@warnings': [] })`, /@warnings/],
  [`client.warned.create({ emial: 'x' })`, /'emial'/],
  [`createWarned(connection, { emial: 'x' })`, /'emial'/],
  [`updateWarned(connection, '1', { amount: 'x' })`, /'string' is not assignable/],
  [`(await client.strict.create({}))['@warnings']`, /@warnings/],
  [`(await updateStrict(connection, '1', {}))['@warnings']`, /@warnings/],
  [`(await client.gone.create({}))['@warnings']`, /@warnings/],
  [`(await app.plain.create({}))['@warnings']`, /@warnings/],
]

describe.each(Object.keys(COMPILERS) as CompilerName[])('TypeScript %s', (compiler) => {
  test('knows where warnings come back', () => {
    writeText(join(folder, 'uses.ts'), `${PREAMBLE}${USES}`)
    expect(checkTypes(folder, compiler, { files: ['uses.ts'] }).problems).toEqual([])
  })

  test('refuses them everywhere else', () => {
    writeText(join(folder, 'mistakes.ts'), `${PREAMBLE}${MISTAKES.map(([call]) => `await (${call})`).join('\n')}\n`)
    const firstLine = PREAMBLE.split('\n').length
    const { problems } = checkTypes(folder, compiler, { files: ['mistakes.ts'] })
    const missed = MISTAKES.filter(
      ([, says], index) => !problems.some(({ line, message }) => line === firstLine + index && says.test(message)),
    )
    expect(missed).toEqual([])
  })
})

describe('costs', () => {
  const instantiations = (call: string): number => {
    writeText(
      join(folder, 'cost.ts'),
      `import { createClient } from './generated/client/index.js'\nexport const value = await createClient({ baseUrl: '' }).${call}\n`,
    )
    const { problems, instantiations: count } = checkTypes(folder, '5.9', { files: ['cost.ts'] })
    expect(problems).toEqual([])
    return count
  }
  const bytes = (...some: typeof objects): number =>
    [...generatedTypes(some)].reduce((sum, [path, text]) => sum + (path.endsWith('.d.ts') ? text.length : 0), 0)

  test('nothing where no rule warns', () => {
    expect(bytes(objectWith('same', rule('error', 'create')))).toBe(bytes(objectWith('same')))
    expect(bytes(objectWith('same', rule('warning', 'delete')))).toBe(bytes(objectWith('same')))
    expect(instantiations(`strict.create({ email: 'x' })`)).toBe(instantiations(`plain.create({ email: 'x' })`))
  })

  test('little where one does', () => {
    expect(bytes(objectWith('same', rule('warning', 'create'))) - bytes(objectWith('same'))).toBeLessThanOrEqual(24)
    expect(instantiations(`warned.create({ email: 'x' })`) - instantiations(`plain.create({ email: 'x' })`)).toBeLessThan(20)
  })
})
