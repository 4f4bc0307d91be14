import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { contentHash } from '../../../compiler/7-write/content-hash.ts'
import { compile } from '../../../compiler/index.ts'
import { ACCOUNT, CONTACT, createFolder, type Folder } from '../cli/support.ts'

let folder: Folder
const start = (files: { readonly [path: string]: string }): Folder => {
  folder = createFolder(files)
  return folder
}
afterEach(() => folder.remove())

const run = (options: { readonly useRecord?: boolean } = {}) => compile({ cwd: folder.path, ...options })
const at = (path: string): string => join(folder.path, path)

/** Output and lock file by path. */
function readOutput(): { readonly [path: string]: string } {
  const texts: { [path: string]: string } = {}
  const visit = (path: string): void => {
    for (const entry of readdirSync(at(path), { withFileTypes: true })) {
      if (entry.isDirectory()) visit(`${path}/${entry.name}`)
      else texts[`${path}/${entry.name}`] = readFileSync(at(`${path}/${entry.name}`), 'utf8')
    }
  }
  if (existsSync(at('generated'))) visit('generated')
  if (existsSync(at('objectql.lock.json'))) texts['objectql.lock.json'] = readFileSync(at('objectql.lock.json'), 'utf8')
  return texts
}

const FILES = { 'schemas/account.object.yml': ACCOUNT, 'schemas/contact.object.yml': CONTACT }

describe('the record of the last compile', () => {
  test('answers when nothing changed, right after the first compile too', async () => {
    start(FILES)
    expect((await run()).isUnchanged).toBe(false)
    for (let turn = 0; turn < 3; turn++) {
      const { isUnchanged, isOk, written, objectCount } = await run()
      expect({ isUnchanged, isOk, written, objectCount }).toEqual({ isUnchanged: true, isOk: true, written: [], objectCount: 2 })
    }
  })

  test.each<[string, () => void]>([
    ['an input changed, same size, times put back', () => changeKeepingTimes('schemas/account.object.yml', ACCOUNT.replace('80', '90'))],
    [
      'an output edited, same size, times put back',
      () => changeKeepingTimes('generated/index.ts', readFileSync(at('generated/index.ts'), 'utf8').replace('contract: 1', 'contract: 2')),
    ],
    ['an output deleted', () => rmSync(at('generated/openapi.json'))],
    ['the lock file deleted', () => rmSync(at('objectql.lock.json'))],
    ['the list of owned files deleted', () => rmSync(at('generated/.objectql.json'))],
    ['a new schema', () => folder.write({ 'schemas/deep/er/order.object.yml': 'fields: { name: { type: text } }\n' })],
    ['a schema deleted', () => rmSync(at('schemas/contact.object.yml'))],
    ['a schema renamed', () => renameSync(at('schemas/contact.object.yml'), at('schemas/person.object.yml'))],
    ['a configuration appears', () => folder.write({ 'objectql.config.json': '{ "dialects": ["sqlite"] }' })],
    ['a default input appears', () => folder.write({ 'src/order.object.yml': 'fields: { name: { type: text } }\n' })],
    ['two schemas swap places', swap],
  ])('is not trusted when %s', async (_what, change) => {
    start(FILES)
    await run()
    await run()
    change()
    const { isUnchanged } = await run()
    expect(isUnchanged).toBe(false)
    const incremental = readOutput()
    await run({ useRecord: false })
    expect(incremental).toEqual(readOutput())
    expect((await run()).isUnchanged).toBe(true)
  })

  function changeKeepingTimes(path: string, text: string): void {
    const { atime, mtime, size } = statSync(at(path))
    writeFileSync(at(path), text)
    expect(statSync(at(path)).size).toBe(size)
    utimesSync(at(path), atime, mtime)
  }

  function swap(): void {
    renameSync(at('schemas/account.object.yml'), at('schemas/x'))
    renameSync(at('schemas/contact.object.yml'), at('schemas/account.object.yml'))
    renameSync(at('schemas/x'), at('schemas/contact.object.yml'))
  }

  test('is trusted when files were touched or copied but say the same', async () => {
    start(FILES)
    await run()
    utimesSync(at('schemas/account.object.yml'), new Date(), new Date())
    writeFileSync(at('schemas/contact.object.yml'), CONTACT)
    expect((await run()).isUnchanged).toBe(true)
    mkdirSync(at('copy'))
    for (const name of ['schemas', 'generated', '.objectql', 'objectql.lock.json'])
      cpSync(at(name), at(`copy/${name}`), { recursive: true })
    const copied = await compile({ cwd: at('copy') })
    expect([copied.isOk, copied.written]).toEqual([true, []])
  })

  test('an imported module, and one that a new neighbour shadows', async () => {
    start({
      'objectql.config.ts': `import { defineConfig } from 'objectql'\nimport { input } from './build/input'\nexport default defineConfig({ input })\n`,
      'build/input/index.ts': `export const input = ['schemas']\n`,
      'schemas/account.object.ts': `import { ObjectSchema, Field } from 'objectql/spec'\nimport { label } from '../shared/label'\nexport const Account = ObjectSchema.create({ name: 'account', label, fields: { name: Field.text({}) } })\n`,
      'shared/label.ts': `export const label = 'One'\n`,
    })
    expect((await run()).isOk).toBe(true)
    expect(readOutput()['generated/objects/account.js']).toContain(`'One'`)
    await run()
    folder.write({ 'shared/label.ts': `export const label = 'Two'\n` })
    expect((await run()).isUnchanged).toBe(false)
    expect(readOutput()['generated/objects/account.js']).toContain(`'Two'`)
    folder.write({ 'build/input.ts': `export const input = ['other']\n`, 'other/order.object.yml': 'fields: { name: { type: text } }\n' })
    await run()
    expect(Object.keys(readOutput())).toContain('generated/objects/order.js')
    expect(Object.keys(readOutput())).not.toContain('generated/objects/account.js')
  })

  test('whatever happens to the files, compiling with the record equals compiling without', async () => {
    const change = fc.oneof(
      fc.record({
        kind: fc.constant('write' as const),
        name: fc.constantFrom('account', 'contact', 'order'),
        length: fc.integer({ min: 10, max: 14 }),
      }),
      fc.record({ kind: fc.constant('delete' as const), name: fc.constantFrom('account', 'contact', 'order') }),
      fc.record({ kind: fc.constant('move' as const), name: fc.constantFrom('account', 'contact', 'order') }),
      fc.record({ kind: fc.constant('break' as const), name: fc.constantFrom('account', 'contact') }),
      fc.record({ kind: fc.constant('edit output' as const), name: fc.constantFrom('account', 'contact') }),
      fc.record({ kind: fc.constant('delete output' as const), name: fc.constantFrom('account', 'contact') }),
      fc.record({ kind: fc.constant('nothing' as const), name: fc.constant('') }),
    )
    type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never
    const apply = (one: Change): void => {
      const path = at(`schemas/${one.name}.object.yml`)
      const output = at(`generated/objects/${one.name}.js`)
      if (one.kind === 'write')
        folder.write({
          [`schemas/${one.name}.object.yml`]: `name: ${one.name}\nfields: { name: { type: text, max_length: ${one.length} } }\n`,
        })
      if (one.kind === 'break') folder.write({ [`schemas/${one.name}.object.yml`]: 'fields: [' })
      if (one.kind === 'delete') rmSync(path, { force: true })
      if (one.kind === 'move' && existsSync(path)) {
        mkdirSync(at('schemas/sub'), { recursive: true })
        renameSync(path, at(`schemas/sub/${one.name}.object.yml`))
      }
      if (one.kind === 'edit output' && existsSync(output)) writeFileSync(output, 'edited')
      if (one.kind === 'delete output') rmSync(output, { force: true })
    }
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 6 }), async (rounds) => {
        folder?.remove()
        start(FILES)
        await run()
        for (const changes of rounds) {
          for (const one of changes) apply(one)
          const withRecord = await run()
          const output = readOutput()
          const without = await run({ useRecord: false })
          expect(output).toEqual(readOutput())
          // That an edited file is kept is said once, by the compile that keeps it.
          const lasting = withRecord.diagnostics.filter(({ code }) => code !== 'write/edited-file-kept')
          expect([withRecord.isOk, lasting, withRecord.objectCount]).toEqual([without.isOk, without.diagnostics, without.objectCount])
        }
      }),
      { numRuns: 25, seed: 20260101 },
    )
  }, 120_000)
})

describe('two compiles at once', () => {
  test('both end well, and the output is what one alone would write', async () => {
    start(FILES)
    const results = await Promise.all([run(), run(), run()])
    expect(results.map(({ isOk }) => isOk)).toEqual([true, true, true])
    // One did the work; the others found it done.
    expect(results.filter(({ isUnchanged }) => !isUnchanged)).toHaveLength(1)
    const together = readOutput()
    rmSync(at('generated'), { recursive: true })
    rmSync(at('objectql.lock.json'))
    rmSync(at('.objectql'), { recursive: true })
    await run()
    expect(together).toEqual(readOutput())
  })

  test('one that never ends is reported with its process and its lock file', async () => {
    start(FILES)
    await run()
    const before = readOutput()
    folder.write({ 'schemas/account.object.yml': ACCOUNT.replace('80', '90') })
    const name = readLockName()
    writeFileSync(at(`.objectql/${name}`), JSON.stringify({ pid: process.ppid, machine: hostname(), started: 1 }))
    const { isOk, diagnostics } = await compile({ cwd: folder.path, lockTimeoutMs: 50 })
    expect([isOk, diagnostics.map(({ code, message }) => [code, message])]).toEqual([
      false,
      [
        [
          'write/locked',
          `Process ${process.ppid} is compiling too and did not finish within 0.05 s. If it is gone, delete ".objectql/${name}".`,
        ],
      ],
    ])
    expect(readOutput()).toEqual(before)
  })

  /** Name of the lock file, which is there while a compile runs. */
  function readLockName(): string {
    return `compile-${contentHash('').slice(0, 8)}.lock`
  }
})
