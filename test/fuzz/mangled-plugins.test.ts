import { expect, test } from 'vitest'
import { createMemoryHost } from '../../compiler/host/memory-host.ts'
import { validatePlugin } from '../../compiler/plugin-validate/validate-plugin.ts'
import { type Random, random, testSeed } from '../support/random.ts'

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 150)

const PACKAGE = `{
  "name": "@acme/audit", "version": "1.0.0", "objectql": { "provides": ["trail"], "dependencies": { "crm": "^1.0.0" }, "configSchema": {
    "type": "object", "properties": { "days": { "type": "integer", "minimum": 1, "default": 3 }, "kind": { "enum": ["a", "b"], "default": "a" } } } },
  "exports": { ".": { "types": "./index.d.ts", "default": "./index.js" } }, "files": ["*.js", "*.d.ts"], "peerDependencies": { "objectql": "*" }
}`
const MANIFEST = `name: audit
version: 1.0.0
main: ./index.js
dependencies: { crm: ^1.0.0 }
conflicts: [legacy@<2]
configSchema: { type: object, properties: { days: { type: integer, default: 3 } } }
objects:
  entry: { fields: { what: { type: text }, account: { type: lookup, reference: account } } }
`
const CODE = `export default { name: '@acme/audit', hooks: [{ name: 'h', object: 'account', events: ['beforeCreate'], handler() {} }] }`

const PIECES = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ':',
  ',',
  'null',
  '-1',
  '1e999',
  '\\',
  '\u0000',
  'é',
  '💥',
  '__proto__',
  '"$ref": "#"',
  '../',
  '@',
  ' ',
  '\n  ',
  '*',
  '&a',
]

function mangled(text: string, { below }: Random): string {
  let result = text
  for (let left = 1 + below(4); left > 0; left--) {
    const [a, b] = [below(result.length + 1), below(result.length + 1)].sort((x, y) => x - y) as [number, number]
    const kind = below(5)
    if (kind === 0) result = result.slice(0, a) + result.slice(Math.min(b, a + 12))
    else if (kind === 1) result = result.slice(0, a) + result.slice(a, b) + result.slice(a)
    else result = result.slice(0, a) + PIECES[below(PIECES.length)] + result.slice(kind === 2 ? a : a + 1)
  }
  return result
}

test.each([
  ['package.json', PACKAGE],
  ['plugin.yml', MANIFEST],
])(
  'a %s of which anything may be wrong is told about, and nothing throws',
  async (path, text) => {
    const seed = testSeed()
    const roll = random(seed)
    const outcomes = new Set<string>()
    for (let count = 0; count < CASES; count++) {
      const bad = mangled(text, roll)
      const host = createMemoryHost({ [path]: bad, 'index.js': CODE, 'index.d.ts': '' })
      const found = await validatePlugin({ path: `${host.cwd}/${path}`, host })
      expect(found, `seed ${seed}: ${bad}`).toBeDefined()
      for (const { code, span, message } of found?.diagnostics ?? []) {
        outcomes.add(code)
        expect(message).toMatch(/\.$/)
        expect(
          [span.start >= 0, span.end >= span.start, span.end <= (found?.textOf(span.path) ?? '').length],
          `seed ${seed}: ${code} in ${bad}`,
        ).toEqual([true, true, true])
      }
      if (found?.isOk === false) expect(found.diagnostics.some(({ severity }) => severity === 'error')).toBe(true)
    }
    expect(outcomes.size).toBeGreaterThan(4)
  },
  120_000,
)
