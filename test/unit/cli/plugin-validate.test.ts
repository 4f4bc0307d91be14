import { afterEach, describe, expect, test } from 'vitest'
import { createFolder, type Folder } from './support.ts'

let folder: Folder
afterEach(() => folder.remove())

const FINE = `export default { name: 'fine', version: '1.0.0', start() {} }`
const ODD = `export default { name: 'odd', configSchema: { type: 'object', properties: { a: { type: 'integer', minimun: 1 } } } }`
const BAD = `export default { name: 'bad', start: 1 }`

describe('plugin validate', () => {
  test.each([
    [['plugin'], "missing required argument 'what'"],
    [['plugin', 'check'], "takes the word 'validate'"],
    [['plugin', 'validate', 'nowhere'], "there is nothing at 'nowhere'"],
    [['plugin', 'validate', '--format', 'xml'], 'Allowed choices are text, json, github'],
  ])('%j is wrong usage', async (words, expected) => {
    folder = createFolder({})
    const { code, out, err } = await folder.run(...words)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(expected)
  })

  test('says that nothing is wrong', async () => {
    folder = createFolder({ 'fine.plugin.js': FINE })
    expect(await folder.run('plugin', 'validate')).toEqual({ code: 0, out: '', err: 'Validated fine 1.0.0 (1 plugin): no problem.\n' })
    expect((await folder.run('plugin', 'validate', 'fine.plugin.js', '--strict')).code).toBe(0)
  })

  test('warnings are errors to those who are strict', async () => {
    folder = createFolder({ 'deep/odd.plugin.js': ODD })
    const { code, err } = await folder.run('plugin', 'validate', 'deep')
    expect(code).toBe(0)
    expect(err).toContain('deep/odd.plugin.js:1:')
    expect(err).toContain('Validated odd (1 plugin): 1 warning.')
    expect((await folder.run('plugin', 'validate', 'deep', '--strict')).code).toBe(1)
  })

  test('several in a folder, as JSON', async () => {
    folder = createFolder({ 'fine.plugin.js': FINE, 'bad.plugin.js': BAD })
    for (const words of [['--format', 'json'], ['--json']]) {
      const { code, out, err } = await folder.run('plugin', 'validate', ...words)
      expect([code, err]).toEqual([1, ''])
      const lines = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly [key: string]: unknown })
      expect(lines).toEqual([
        expect.objectContaining({ schemaVersion: 1, code: 'plugin/not-a-function', severity: 'error', path: 'bad.plugin.js' }),
        {
          schemaVersion: 1,
          kind: 'plugin-validate',
          isOk: false,
          plugins: [{ name: 'bad' }, { name: 'fine', version: '1.0.0' }],
          root: folder.path,
        },
      ])
    }
  })

  test('as annotations of GitHub', async () => {
    folder = createFolder({ 'bad.plugin.js': BAD })
    const { code, err } = await folder.run('plugin', 'validate', '--format', 'github')
    expect(code).toBe(1)
    expect(err).toContain('::error file=bad.plugin.js,line=1,endLine=1,col=')
    expect(err).toContain('title=plugin/not-a-function::')
  })
})
