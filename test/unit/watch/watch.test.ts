import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { CompileResult } from '../../../compiler/compile-result.ts'
import { compile, type Watcher, watch } from '../../../compiler/index.ts'
import { ACCOUNT, CONTACT, createFolder, type Folder } from '../cli/support.ts'

let folder: Folder
let watcher: Watcher | undefined
let results: CompileResult[] = []

async function start(files: { readonly [path: string]: string }): Promise<void> {
  results = []
  folder = createFolder(files)
  watcher = await watch({ cwd: folder.path, onResult: (result) => void results.push(result) })
}

afterEach(async () => {
  await watcher?.close()
  watcher = undefined
  folder.remove()
})

const at = (path: string): string => join(folder.path, path)
const generated = (path: string): string => (existsSync(at(`generated/${path}`)) ? readFileSync(at(`generated/${path}`), 'utf8') : '')

/** Waits until something holds; fails with what the compiles told. */
async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 8_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Timed out waiting until ${what}: ${JSON.stringify(results.at(-1)?.diagnostics)}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The output now is what a compile from nothing would write. */
async function expectFresh(): Promise<void> {
  expect((await compile({ cwd: folder.path, mode: 'compare' })).diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
}

const FILES = { 'schemas/account.object.yml': ACCOUNT, 'schemas/contact.object.yml': CONTACT }

describe('a watching compiler', () => {
  test('follows a change, a new file, a rename and a delete', async () => {
    await start(FILES)
    expect(results.map(({ isOk }) => isOk)).toEqual([true])
    folder.write({ 'schemas/account.object.yml': ACCOUNT.replace('80', '33') })
    await until('the change is compiled', () => generated('objects/account.js').includes('33'))
    folder.write({ 'schemas/sales/order.object.yml': 'fields: { name: { type: text } }\n' })
    await until('the new file in a new folder is compiled', () => generated('objects/order.js') !== '')
    folder.write({ 'schemas/sales/order.object.yml': 'fields: { name: { type: text, max_length: 44 } }\n' })
    await until('a change in the new folder is compiled', () => generated('objects/order.js').includes('44'))
    renameSync(at('schemas/sales/order.object.yml'), at('schemas/sales/invoice.object.yml'))
    await until('the rename is compiled', () => generated('objects/invoice.js') !== '' && generated('objects/order.js') === '')
    rmSync(at('schemas/sales'), { recursive: true })
    await until('the deleted folder is gone', () => generated('objects/invoice.js') === '')
    await expectFresh()
  })

  test('an editor that saves by rename, again and again', async () => {
    await start(FILES)
    for (const length of [41, 42, 43]) {
      writeFileSync(at('schemas/.account.swp'), ACCOUNT.replace('80', String(length)))
      renameSync(at('schemas/.account.swp'), at('schemas/account.object.yml'))
      await until(`save ${length} is compiled`, () => generated('objects/account.js').includes(String(length)))
    }
    // And one that removes the old file first.
    rmSync(at('schemas/account.object.yml'))
    folder.write({ 'schemas/account.object.yml': ACCOUNT.replace('80', '44') })
    await until('the replaced file is compiled', () => generated('objects/account.js').includes('44'))
    await expectFresh()
  })

  test('a broken file keeps the old output, and its repair is noticed', async () => {
    await start(FILES)
    const before = generated('objects/account.js')
    folder.write({ 'schemas/account.object.yml': `${ACCOUNT}  oops: [` })
    await until('the problem is reported', () => results.at(-1)?.isOk === false)
    expect(generated('objects/account.js')).toBe(before)
    folder.write({ 'schemas/account.object.yml': ACCOUNT.replace('80', '55') })
    await until('the repair is compiled', () => generated('objects/account.js').includes('55'))
    await expectFresh()
  })

  test('imported modules, a module that is missing at first, and the configuration are inputs', async () => {
    await start({
      'schemas/account.object.ts': `import { ObjectSchema, Field } from 'objectql/spec'\nimport { label } from '../lib/label'\nexport const Account = ObjectSchema.create({ name: 'account', label, fields: { name: Field.text({}) } })\n`,
      'lib/other.ts': '',
    })
    expect(results.at(-1)?.isOk).toBe(false)
    folder.write({
      'lib/label.ts': `import { text } from './text'\nexport const label = text\n`,
      'lib/text.ts': `export const text = 'First'\n`,
    })
    await until('the module that appeared is used', () => generated('objects/account.js').includes('First'))
    folder.write({ 'lib/text.ts': `export const text = 'Second'\n` })
    await until('the change of an indirect import is used', () => generated('objects/account.js').includes('Second'))
    folder.write({
      'objectql.config.ts': `import { defineConfig } from 'objectql'\nexport default defineConfig({ dialects: ['sqlite'] })\n`,
    })
    await until('the new configuration is used', () => !existsSync(at('generated/schema.mysql.sql')))
    folder.write({ 'objectql.config.ts': `export default { dialects: ['mysql'] }\n` })
    await until('the changed configuration is used', () => existsSync(at('generated/schema.mysql.sql')))
    rmSync(at('objectql.config.ts'))
    await until('the defaults are back', () => existsSync(at('generated/schema.postgres.sql')))
    await expectFresh()
  })

  test('a branch switch: many files at once lead to few compiles, and never to half a branch', async () => {
    const branch = (length: number): { readonly [path: string]: string } =>
      Object.fromEntries(
        Array.from({ length: 60 }, (_, index) => [
          `schemas/o${index}.object.yml`,
          `name: o${index}\nfields: { name: { type: text, max_length: ${length} } }\n`,
        ]),
      )
    folder = createFolder(branch(11))
    mkdirSync(at('.git'))
    results = []
    watcher = await watch({ cwd: folder.path, onResult: (result) => void results.push(result) })
    const files = Object.entries(branch(22))
    writeFileSync(at('.git/index.lock'), '')
    for (const [path, text] of files) {
      rmSync(at(path))
      writeFileSync(at(path), text)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    rmSync(at('.git/index.lock'))
    await until('the new branch is compiled', () => generated('objects/o59.js').includes('22'))
    expect(results.length).toBe(2)
    await expectFresh()
  })

  test('a file touched, a file rewritten with the same text and files it does not read lead to no compile', async () => {
    await start(FILES)
    folder.write({ 'schemas/account.object.yml': ACCOUNT, 'schemas/readme.txt.bak': '', 'README.md': 'x', 'generated/extra.txt': 'x' })
    rmSync(at('schemas/readme.txt.bak'))
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(results.length).toBe(1)
  })

  test('a change during a compile is not lost', async () => {
    folder = createFolder(FILES)
    results = []
    let isFirst = true
    watcher = await watch({
      cwd: folder.path,
      onResult: (result) => {
        results.push(result)
        if (isFirst) folder.write({ 'schemas/account.object.yml': ACCOUNT.replace('80', '66') })
        isFirst = false
      },
    })
    await until('the change is compiled', () => generated('objects/account.js').includes('66'))
  })

  test('a folder that appears later is watched', async () => {
    await start({})
    expect(results.at(-1)?.diagnostics.map(({ code }) => code)).toEqual(['load/no-schemas'])
    folder.write({ 'schemas/account.object.yml': ACCOUNT })
    await until('the first schema is compiled', () => generated('objects/account.js') !== '')
    rmSync(at('schemas'), { recursive: true })
    await until('the schemas are gone', () => generated('objects/account.js') === '')
    folder.write({ 'schemas/contact.object.yml': CONTACT })
    await until('the schemas are back', () => generated('objects/contact.js') !== '')
    folder.write({ 'schemas/contact.object.yml': CONTACT.replace('label: Contact', 'label: Person') })
    await until('and watched', () => generated('objects/contact.js').includes('Person'))
  })
})
