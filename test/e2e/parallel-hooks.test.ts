import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { ObjectApi } from '../../runtime-lite/app/object-api.ts'

const TMP = join(import.meta.dirname, '..', '..', 'tmp')
mkdirSync(TMP, { recursive: true })
const folder = mkdtempSync(join(TMP, 'parallel-hooks-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const hook = (name: string, handler: string): string =>
  `export const ${name} = { name: '${name}', object: 'jar', events: ['beforeCreate'], parallel: true, handler: ${handler} }\n`

/** The application whose new jars pass these hooks, and what the compiler printed for them. */
async function appWith(name: string, hooks: string): Promise<{ readonly jar: ObjectApi; readonly code: string; close(): Promise<void> }> {
  const root = join(folder, name)
  mkdirSync(join(root, 'schemas'), { recursive: true })
  writeFileSync(join(root, 'schemas', 'jar.object.yml'), 'name: jar\nfields:\n  name: { type: text }\n')
  writeFileSync(join(root, 'schemas', 'jar.hook.ts'), hooks)
  writeFileSync(join(root, 'objectql.config.json'), '{ "name": "cellar" }')
  const { isOk, diagnostics } = await compile({ cwd: root })
  expect({ isOk, diagnostics }).toEqual({ isOk: true, diagnostics: [] })
  type Jars = App<{ readonly jar: ObjectApi }>
  const { createApp } = (await import(/* @vite-ignore */ join(root, 'generated', 'index.ts'))) as { createApp(): Promise<Jars> }
  const app = await createApp()
  return { jar: app.objects.jar, code: readFileSync(join(root, 'generated', 'hooks', 'jar.ts'), 'utf8'), close: () => app.close() }
}

const SYNC = [hook('a', "(ctx) => { ctx.data.name += 'a' }"), hook('b', "(ctx) => { ctx.data.name += 'b' }")].join('')

test('hooks that never wait follow each other, without a promise', async () => {
  const { jar, code, close } = await appWith('sync', SYNC)
  expect(code).not.toMatch(/await|async|together/)
  expect(await jar.create({ name: 'x' })).toMatchObject({ name: 'xab' })
  await close()
})

test('one that waits has the others beside it', async () => {
  const { jar, code, close } = await appWith('mixed', `${SYNC}${hook('c', "async (ctx) => { await null; ctx.data.name += 'c' }")}`)
  expect(code).toMatch(/async function beforeCreate/)
  expect(code.match(/\(async \(\) => \{/g)).toHaveLength(2)
  expect(code).toMatch(/^ {4}c\(context\),$/m)
  expect(await jar.create({ name: 'x' })).toMatchObject({ name: 'xabc' })
  await close()
})

test('async functions are called side by side as they are', async () => {
  const waiting = (letter: string): string => hook(letter, `async (ctx) => { await null; ctx.data.name += '${letter}' }`)
  const { jar, code, close } = await appWith('async', `${waiting('a')}${waiting('b')}`)
  expect(code).toContain('await together(a(context), b(context))')
  expect(await jar.create({ name: 'x' })).toMatchObject({ name: 'xab' })
  await close()
})

test('what throws before it gives a promise lets those beside it end', async () => {
  const hooks = [
    hook('a', "(ctx) => { globalThis.jarsSeen ??= []; if (ctx.data.name === 'x') throw new Error('No x.'); return Promise.resolve() }"),
    hook(
      'b',
      "async (ctx) => { await null; globalThis.jarsSeen.push(ctx.data.name); if (ctx.data.name === 'y') throw new Error('No y.') }",
    ),
  ]
  const { jar, close } = await appWith('throwing', hooks.join(''))
  await expect(jar.create({ name: 'x' })).rejects.toThrow('No x.')
  await expect(jar.create({ name: 'y' })).rejects.toThrow('No y.')
  expect((globalThis as { jarsSeen?: unknown }).jarsSeen).toEqual(['x', 'y'])
  await close()
})
