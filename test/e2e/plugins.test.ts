import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { AppOptions } from '../../runtime-lite/app/app-options.ts'

const folder = mkdtempSync(join(import.meta.dirname, '../../tmp/plugins-'))

/** Every way to bring a plugin along. What they do is written down in `globalThis.__calls`. */
const FILES: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "shop", "type": "module" }',
  'objectql.config.ts': `export default {
  input: ['schemas', 'objectstack.config.ts'],
  plugins: { '@acme/plugin-audit': { days: 30 }, greeter: { word: 'hello' } },
}
`,
  'schemas/note.object.yml': 'name: note\nfields:\n  title: { type: text }\n',
  // A module that exports a plugin.
  'schemas/report.plugin.ts': `const note = (call: string) => (globalThis as unknown as { __calls: string[] }).__calls.push(call)
export const reports = {
  name: 'report',
  version: '0.3.0',
  dependencies: { '@acme/plugin-audit': '^2.1.0' },
  requires: ['greeting'],
  init: (context: { config: object; services: { get(name: string): () => string } }) => note(\`report init \${context.services.get('greeting')()}\`),
  destroy: () => note('report destroy'),
}
`,
  // A manifest whose code is beside it; its exports are the plugin.
  'schemas/greeter/plugin.yml': `name: greeter
version: 1.0.0
provides: [greeting]
main: ./code.ts
configSchema:
  type: object
  properties:
    word: { type: string }
    times: { type: integer, default: 2 }
`,
  'schemas/greeter/code.ts': `type Context = { config: { word: string; times: number }; services: { provide(name: string, value: unknown): void } }
const note = (call: string) => (globalThis as unknown as { __calls: string[] }).__calls.push(call)
export function install({ config, services }: Context) {
  note(\`greeter install \${JSON.stringify(config)}\`)
  services.provide('greeting', () => config.word.repeat(config.times))
}
export const health = () => ({ status: 'degraded', detail: 'hoarse' })
`,
  // A package that was installed.
  'node_modules/@acme/plugin-audit/package.json': `{
  "name": "@acme/plugin-audit",
  "version": "2.4.1",
  "type": "module",
  "exports": { ".": { "types": "./x.d.ts", "import": "./lib/main.js" } },
  "objectql": { "configSchema": { "type": "object", "properties": { "days": { "type": "integer" } } } }
}`,
  'node_modules/@acme/plugin-audit/lib/main.js': `export default {
  objects: { audit_entry: { name: 'audit_entry', fields: { what: { type: 'text' } } } },
  start: async (context) => globalThis.__calls.push('audit start ' + JSON.stringify(context.config) + ' ' + (await context.app.objects.audit_entry.count())),
  stop: () => globalThis.__calls.push('audit stop'),
}
`,
  // An instance of a class, listed by a stack.
  'objectstack.config.ts': `class Clock {
  name = 'clock'
  version = '1.0.0'
  ticks = 0
  onStart() { this.ticks++; (globalThis as unknown as { __calls: string[] }).__calls.push(\`clock onStart \${this.ticks}\`) }
}
export default { objects: {}, plugins: [new Clock()] }
`,
}

const calls: string[] = []

beforeAll(async () => {
  Object.assign(globalThis, { __calls: calls })
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  Reflect.deleteProperty(globalThis, '__calls')
})

describe('an application with plugins from everywhere', () => {
  test('compiles without complaint', async () => {
    const { diagnostics } = await compile({ cwd: folder })
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  })

  test('starts and stops them in order', async () => {
    const { createApp } = (await import(/* @vite-ignore */ join(folder, 'generated/index.ts'))) as {
      createApp(options: AppOptions): Promise<App>
    }
    calls.length = 0
    const app = await createApp({ datasource: ':memory:' })
    expect(calls.slice(0, 2)).toEqual(['greeter install {"word":"hello","times":2}', 'report init hellohello'])
    // These two need nothing of each other.
    expect(calls.slice(2).sort()).toEqual(['audit start {"days":30} 0', 'clock onStart 1'])
    expect(app.kernel?.plugins.map(({ name, version }) => `${name} ${version}`)).toEqual([
      ...['@acme/plugin-audit 2.4.1', 'clock 1.0.0', 'greeter 1.0.0'],
      'report 0.3.0',
    ])
    expect((await app.kernel?.health())?.find(({ name }) => name === 'greeter')).toMatchObject({ status: 'degraded', detail: 'hoarse' })
    calls.length = 0
    await app.close()
    expect(calls).toEqual(['report destroy', 'audit stop'])
  })
})
