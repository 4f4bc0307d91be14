import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { COMPILERS, type CompilerName, checkTypes, installTypes, writeText } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'objectql-hook-types-'))

beforeAll(() => {
  installTypes(folder)
  for (const part of ['client', 'objects', 'hooks.d.ts'])
    cpSync(join(ROOT, 'generated', part), join(folder, 'generated', part), { recursive: true })
  writeText(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The types of schemas, from their source. */
const SPEC = { allowImportingTsExtensions: true, noEmit: true, paths: { 'objectql/spec': [join(ROOT, 'compiler', 'spec', 'index.ts')] } }

const PREAMBLE = `import type { AccountCreateContext, AccountDeleteContext, AccountFindContext, AccountHook, AccountHookContext, AccountUpdateContext, TaskPurgeContext, TaskRestoreContext } from './generated/hooks.js'
declare const hook: AccountHookContext
declare const creating: AccountCreateContext
declare const updating: AccountUpdateContext
declare const deleting: AccountDeleteContext
declare const finding: AccountFindContext
declare const restoring: TaskRestoreContext
declare const purging: TaskPurgeContext
`

/** A statement that is wrong, and what the compiler says about it. */
const MISTAKES: readonly (readonly [statement: string, says: RegExp])[] = [
  ['hook.data.nmae = 1', /nmae/],
  ['hook.data.name = 5', /not assignable to type 'string/],
  ['hook.new.HealthScore', /HealthScore/],
  ['hook.previous.name', /possibly 'undefined'/],
  ['creating.previous.name', /'(?:creating\.)?previous' is possibly|possibly 'undefined'|'undefined'|never/],
  ["updating.previous.name = 'x'", /read-only/],
  ["updating.isModified('nmae')", /nmae/],
  ["updating.data.status = 'gone'", /gone/],
  ['deleting.old.nmae', /nmae/],
  ['restoring.result.subject', /possibly 'undefined'/],
  ["restoring.previous.subject = 'x'", /read-only/],
  ['purging.previous.sbject', /sbject/],
  ['finding.result[0]?.nmae', /nmae/],
  ["await hook.api.create('acount', {})", /acount/],
  ["await hook.api.update('task', 'id', { titel: 'x' })", /titel/],
  ["void (await hook.api.object('task').get('id')).id", /possibly 'null'/],
  ["await hook.db.doc.get('account')", /2 arguments/],
  ['hook.object = 1', /read-only|readonly/],
  ["const bad: AccountHook = { object: 'account', events: ['beforeCrate'], handler: () => 1 }", /beforeCrate/],
  ["const worse: AccountHook = { object: 'account', events: ['beforeCreate'], handler: 'stamp', onError: 'stop' }", /stop/],
  ["const odd: AccountHook = { object: 'account', events: ['beforeCreate'], handler: 'stamp', onEror: 'log' }", /onEror/],
]

const USES = `
export const stamp: AccountHook = {
  object: 'account',
  events: ['beforeUpdate'],
  condition: (ctx: AccountUpdateContext) => ctx.isModified('status'),
  handler: async (ctx: AccountUpdateContext) => {
    if (ctx.data.status === 'lost' && ctx.previous.status !== 'lost') ctx.data.is_key_account = false
    const [task] = await ctx.api.find('task', { where: { account: ctx.id } })
    if (task) await ctx.api.object('task').update(task.id, { subject: ctx.old.name })
    ctx.state['seen'] = ctx.user?.id
  },
}
export const mask = (ctx: AccountFindContext): void => { for (const row of ctx.result) row.name = '***' }
export default { beforeCreate(ctx: AccountCreateContext) { ctx.input.name = ctx.new.name?.trim() ?? '' }, afterDelete(ctx: AccountDeleteContext) { return ctx.previous.name } }
export const some = [hook.data.name, creating.result?.id, deleting.id]
`

describe.each(Object.keys(COMPILERS) as CompilerName[])('TypeScript %s', (compiler) => {
  test('refuses every deliberate mistake in a hook, and for the right reason', () => {
    writeText(join(folder, 'mistakes.ts'), `${PREAMBLE}${MISTAKES.map(([statement]) => statement).join('\n')}\nexport {}\n`)
    const first = PREAMBLE.split('\n').length
    const { problems } = checkTypes(folder, compiler, { files: ['mistakes.ts'], options: SPEC })
    const missed = MISTAKES.flatMap(([statement, says], index) => {
      const said = problems.filter(({ line }) => line === first + index).map(({ message }) => message)
      return said.some((message) => says.test(message)) ? [] : [`${statement}: ${said.join(' ') || 'accepted'}`]
    })
    expect(missed).toEqual([])
    expect(problems.filter(({ line }) => line < first)).toEqual([])
  })

  test('accepts correct hooks', () => {
    writeText(join(folder, 'uses.ts'), `${PREAMBLE}${USES}`)
    expect(checkTypes(folder, compiler, { files: ['uses.ts'], options: SPEC }).problems).toEqual([])
  })

  test('accepts the modules of docs/hooks.md and docs/trash.md', () => {
    const pages = ['hooks.md', 'trash.md'].map((name) => readFileSync(join(ROOT, 'docs', name), 'utf8')).join('\n')
    const modules = [...pages.matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
      .map(([, text = '']) => text)
      .filter((text) => text.includes('generated/hooks.js'))
    expect(modules.length).toBeGreaterThan(3)
    const files = modules.map((text, index) => {
      writeText(join(folder, 'schemas', `example-${index}.ts`), text)
      return `schemas/example-${index}.ts`
    })
    expect(checkTypes(folder, compiler, { files, options: SPEC }).problems).toEqual([])
  })
})
