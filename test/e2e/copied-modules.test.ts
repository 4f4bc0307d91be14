import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'

/** Everything that compilers and bundlers understand in an import and Node does not. */
const FILES = {
  'tsconfig.json': '{ "compilerOptions": { "paths": { "@app/*": ["./src/*"] } } }',
  'schemas/deal.object.yml': 'name: deal\nfields:\n  title: { type: text }\n  note: { type: text }\n  stage: { type: text }\n',
  'src/texts.ts': `import words from './words.json' with { type: 'json' }
import { mark } from './circle'
export const shout = (text: string): string => mark(text.toUpperCase() + words.end)`,
  'src/circle.ts': `import { shout } from './texts'
export const mark = (text: string): string => (typeof shout === 'function' ? '>' + text : text)`,
  'src/words.json': '{ "end": "!" }',
  'src/plain.ts': 'export const calls: string[] = []',
  'src/stage.ts': `import { calls } from './plain.ts'
export enum Stage { Open = 'open', Won = 'won' }
export class Counter { constructor(readonly calls: string[]) {} get count() { return this.calls.length } }
export const counter = new Counter(calls)`,
  'schemas/deal.hook.ts': `import { Hook, HookContext } from '@objectstack/spec/data'
import { cel } from '@objectstack/spec'
import { shout } from '@app/texts'
import { Stage } from '../src/stage'
import { calls } from '../src/plain'

export const onCreate: Hook = {
  name: 'on_create',
  object: 'deal',
  events: ['beforeInsert'],
  condition: cel\`record.title != null\`,
  handler: (ctx: HookContext) => {
    calls.push('create')
    ctx.data.note = shout(String(ctx.data.title))
    ctx.data.stage = Stage.Open
  },
}

export const onUpdate: Hook = {
  name: 'on_update',
  object: 'deal',
  events: ['beforeUpdate'],
  handler: async (ctx) => {
    const { counter } = await import('../src/stage')
    if (ctx.data.title === 'fail') throw new RangeError('from line 25')
    ctx.data.note = String(counter.count)
  },
}
`,
  'schemas/deal.action.ts': `import { ActionDefinition } from '@objectql/types'
import { shout } from '@app/texts'
export const greet: ActionDefinition = { type: 'global', handler: () => shout('hello') }
`,
}

let project: CompiledProject

beforeAll(async () => {
  project = await compiledProject(FILES)
})

afterAll(() => project?.remove())

/** What a program prints that Node runs by itself. */
function run(source: string): { stdout: string; stderr: string } {
  writeFileSync(join(project.folder, 'program.ts'), source)
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', 'program.ts'], { cwd: project.folder, encoding: 'utf8' })
  return { stdout, stderr }
}

describe('modules that Node would not load as they are', () => {
  test('are no problem of the compiler', () => {
    expect(project.diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([])
  })

  test('run from copies, and share what stands in modules that need none', () => {
    const { stdout, stderr } = run(`import { createApp } from './generated/index.ts'
const app = await createApp()
const made = await app.objects.deal.create({ title: 'x' })
const changed = await app.objects.deal.update(made.id, { title: 'y' })
const { calls } = await import('./src/plain.ts')
console.log(JSON.stringify([made.note, made.stage, changed.note, calls, await app.protocol.executeAction('deal:greet')]))
await app.close()
`)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toEqual(['>X!', 'open', '1', ['create'], '>HELLO!'])
  })

  test('name their source in stacks', () => {
    const { stdout } = run(`import { createApp } from './generated/index.ts'
process.setSourceMapsEnabled(true)
const app = await createApp({ onError: (error) => console.log((error as Error).stack) })
const made = await app.objects.deal.create({ title: 'x' })
await app.objects.deal.update(made.id, { title: 'fail' }).catch(() => undefined)
await app.close()
`)
    expect(stdout).toContain('RangeError: from line 25')
    expect(stdout).toContain('deal.hook.ts:25:')
  })

  test('are stale when a module behind an alias changes', async () => {
    const path = join(project.folder, 'src/texts.ts')
    expect((await compile({ cwd: project.folder })).diagnostics).toEqual([])
    writeFileSync(path, readFileSync(path, 'utf8').replace('toUpperCase', 'toLowerCase'))
    await compile({ cwd: project.folder })
    expect(readFileSync(join(project.output, 'modules/src/texts.mjs'), 'utf8')).toContain('toLowerCase')
  })
})
