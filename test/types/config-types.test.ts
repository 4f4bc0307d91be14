import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test, vi } from 'vitest'
import type { Json } from '../../compiler/source/json.ts'
import { configTypes, pluginFiles } from '../support/config-types.ts'
import { type Random, random, testSeed } from '../support/random.ts'
import { COMPILERS, type CompilerName, checkTypes, writeText } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ROOT = join(import.meta.dirname, '..', '..')
const compilers = Object.keys(COMPILERS) as CompilerName[]

const folder = mkdtempSync(join(tmpdir(), 'objectql-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const MAIL = {
  type: 'object',
  required: ['from'],
  properties: {
    from: { type: 'string' },
    transport: { enum: ['smtp', 'file'] },
    limits: { type: 'object', properties: { perHour: { type: 'integer' } } },
    headers: { type: 'object', additionalProperties: { type: 'string' } },
  },
}

const CONFIG_OPTIONS = {
  allowImportingTsExtensions: true,
  paths: { objectql: [join(ROOT, 'compiler', 'config', 'define-config.ts')] },
}

describe('defineConfig', () => {
  test.each(compilers)('what is configured for plugins is typed by their schemas, TypeScript %s', async (compiler) => {
    const { text = '' } = await configTypes({
      ...pluginFiles({ mail: MAIL }),
      'schemas/history.plugin.ts': "export default { name: 'history', version: '1.0.0' }",
    })
    writeText(join(folder, 'generated', 'config.d.ts'), text)
    writeText(join(folder, 'package.json'), '{ "type": "module" }')
    writeText(
      join(folder, 'configs.ts'),
      `
import { defineConfig } from 'objectql'
import type { MailPluginConfig, PluginConfigs } from './generated/config.d.ts'

export const mail: MailPluginConfig = { from: 'a@example.org' }
export default defineConfig<PluginConfigs>({
  input: ['schemas'],
  plugins: { mail: { from: 'a@example.org', transport: 'smtp', limits: { perHour: 5 }, headers: { 'X-A': 'b' } }, history: { anything: [1] } },
})
defineConfig<PluginConfigs>({ name: 'without plugins' })
defineConfig({ plugins: { whatever: { x: [1, null, 'a'] } } })
`,
    )
    const mistakes = [
      'defineConfig<PluginConfigs>({ plugins: { mail: { from: 1 } } })',
      'defineConfig<PluginConfigs>({ plugins: { mail: {} } })',
      "defineConfig<PluginConfigs>({ plugins: { mail: { from: 'a', transport: 'pigeon' } } })",
      "defineConfig<PluginConfigs>({ plugins: { mail: { from: 'a', form: 'b' } } })",
      "defineConfig<PluginConfigs>({ plugins: { mail: { from: 'a', limits: { perhour: 1 } } } })",
      "defineConfig<PluginConfigs>({ plugins: { mial: { from: 'a' } } })",
      'defineConfig<PluginConfigs>({ plugin: {} })',
      "defineConfig<PluginConfigs>({ ids: 'random' })",
      'defineConfig({ plugins: { mail: { on: () => 1 } } })',
      'defineConfig({ plugins: 5 })',
    ]
    writeText(
      join(folder, 'mistakes.ts'),
      `import { defineConfig } from 'objectql'\nimport type { PluginConfigs } from './generated/config.d.ts'\n${mistakes
        .map((mistake) => `// @ts-expect-error\n${mistake}`)
        .join('\n')}\nexport type Used = PluginConfigs\n`,
    )
    expect(
      checkTypes(folder, compiler, { files: ['configs.ts', 'mistakes.ts'], options: CONFIG_OPTIONS, skipLibCheck: false }).problems,
    ).toEqual([])
  })
})

/** Code blocks of a page of docs/. */
const blocksOf = (page: string): readonly string[] =>
  [...readFileSync(join(ROOT, 'docs', page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text)

test('the configurations in docs/configuration.md compile, with the plugin of docs/schemas.md', async () => {
  const plugin = blocksOf('schemas.md').find((text) => text.startsWith('// schemas/audit.plugin.ts')) ?? ''
  const { text = '', problems } = await configTypes({ 'schemas/audit.plugin.ts': plugin })
  expect(problems).toEqual([])
  const project = join(folder, 'docs')
  writeText(join(project, 'generated', 'config.d.ts'), text)
  writeText(join(project, 'package.json'), '{ "type": "module" }')
  const blocks = blocksOf('configuration.md')
  expect(blocks.length).toBeGreaterThan(1)
  const files = blocks.map((block, index) => {
    writeText(join(project, `config-${index}.ts`), block)
    return `config-${index}.ts`
  })
  expect(checkTypes(project, '7', { files, options: CONFIG_OPTIONS }).problems).toEqual([])
})

/** Ajv decides what a schema allows: the types must not refuse any of it. */
test('random schemas: what they allow fits the types that were made of them', async () => {
  const seed = testSeed()
  console.log(`OBJECTQL_SEED=${seed}`)
  const source = random(seed)
  const ajv = new Ajv2020({ strict: false, logger: false })
  const schemas: Record<string, object> = {}
  for (let index = 0; index < 60; index++) schemas[`plugin${index}x`] = randomDocument(source)
  const { text = '', problems } = await configTypes(pluginFiles(schemas))
  expect(problems).toEqual([])
  const constants: string[] = []
  for (const [name, schema] of Object.entries(schemas)) {
    const validate = ajv.compile(schema)
    const type = `Plugin${name.replace(/^plugin/, '').toUpperCase()}PluginConfig`
    expect(text).toContain(` ${type} `)
    for (let attempt = 0; attempt < 40; attempt++) {
      const value = randomValue(source, schema as Schema, schema as Schema, 0)
      if (value !== undefined && validate(value)) constants.push(`export const c${constants.length}: t.${type} = ${JSON.stringify(value)}`)
    }
  }
  expect(constants.length).toBeGreaterThan(300)
  writeText(join(folder, 'random.d.ts'), text)
  writeText(join(folder, 'values.ts'), `import type * as t from './random.js'\n${constants.join('\n')}\n`)
  for (const compiler of compilers) {
    const { problems } = checkTypes(folder, compiler, { files: ['random.d.ts', 'values.ts'], skipLibCheck: false })
    expect(problems, `seed ${seed}, TypeScript ${compiler}`).toEqual([])
  }
})

type Schema = { readonly [keyword: string]: Json }

const PARTS = ['alpha', 'beta', 'gamma']
// No names that objects inherit: TypeScript refuses `{}` where a `constructor?: 'c'` may be.
const NAMES = ['a', 'b', 'odd key', "it's", 'default', 'properties', '$ref', '1', 'type', 'enum']

function randomDocument(source: Random): Schema {
  const $defs = Object.fromEntries(PARTS.map((name) => [name, randomSchema(source, 1, false)]))
  return { ...objectSchema(source, 0), $defs }
}

function randomSchema(source: Random, depth: number, mayRefer: boolean): Schema {
  const kinds = ['string', 'number', 'boolean', 'null', 'enum', 'const', 'any']
  if (depth < 4) kinds.push('object', 'object', 'array', 'tuple', 'union', 'types', 'all', 'nullable')
  if (mayRefer) kinds.push('reference', 'reference', 'described')
  const schema = (isHeld = true): Schema => randomSchema(source, depth + 1, isHeld || mayRefer)
  switch (source.pick(kinds)) {
    case 'enum':
      return { enum: ['x', "y'", 3, null, true].filter(() => source.chance(0.6)).concat('z') }
    case 'const':
      return { const: source.pick(['c', 7, false, null]) }
    case 'any':
      return source.chance(0.5) ? {} : { description: 'Anything */ at all.' }
    case 'object':
      return objectSchema(source, depth + 1)
    case 'array':
      return { type: 'array', items: schema(), ...(source.chance(0.3) ? { minItems: 1, maxItems: 3 } : {}) }
    case 'tuple':
      return { type: 'array', prefixItems: [schema(), schema()], items: source.chance(0.5) ? false : schema(), minItems: 2 }
    case 'union':
      return { [source.pick(['anyOf', 'oneOf'])]: [schema(false), schema(false)] }
    case 'types':
      return { type: ['string', source.pick(['number', 'null', 'boolean'])] }
    case 'all':
      return { allOf: [objectSchema(source, depth + 1)], description: 'All of one.' }
    case 'nullable':
      return { type: ['object', 'null'], properties: { n: schema() } }
    case 'reference':
      return { $ref: source.chance(0.2) ? '#' : `#/$defs/${source.pick(PARTS)}` }
    case 'described':
      return { $ref: `#/$defs/${source.pick(PARTS)}`, description: 'Said twice.' }
    default:
      return { type: source.pick(['string', 'number', 'boolean', 'null']) }
  }
}

function objectSchema(source: Random, depth: number): Schema {
  const names = NAMES.filter(() => source.chance(0.35))
  const rest: { [keyword: string]: Json } = {}
  const others = source.below(5)
  if (others === 0) rest['additionalProperties'] = randomSchema(source, depth + 1, true)
  if (others === 1) rest['additionalProperties'] = false
  if (source.chance(0.15)) rest['patternProperties'] = { '^x-*/': randomSchema(source, depth + 1, true) }
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, randomSchema(source, depth + 1, true)])),
    required: names.filter(() => source.chance(0.2)),
    ...rest,
  }
}

/** A value that may well be allowed. Undefined when it would never end. */
function randomValue(source: Random, schema: Schema, document: Schema, depth: number): Json | undefined {
  if (depth > 12) return undefined
  const value = (inner: Json | undefined): Json | undefined =>
    inner === true || inner === undefined ? 'free' : randomValue(source, inner as Schema, document, depth + 1)
  if (typeof schema['$ref'] === 'string')
    return value(schema['$ref'] === '#' ? document : ((document['$defs'] as Schema)[schema['$ref'].slice('#/$defs/'.length)] as Schema))
  const alternatives = (schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf']) as readonly Json[] | undefined
  if (alternatives !== undefined) return value(source.pick(alternatives))
  if (Array.isArray(schema['enum'])) return source.pick(schema['enum'] as readonly Json[])
  if (schema['const'] !== undefined) return schema['const']
  const type = source.pick([schema['type'] ?? source.pick(['string', 'number', 'null'])].flat() as readonly string[])
  if (type === 'object') return randomObject(source, schema, value)
  if (type === 'array') {
    const prefix = (schema['prefixItems'] ?? []) as readonly Json[]
    const more = schema['items'] === false ? 0 : source.below(3)
    const items = [...prefix.map(value), ...Array.from({ length: more }, () => value(schema['items']))]
    return items.includes(undefined) ? undefined : (items as readonly Json[])
  }
  return { string: 'text', number: 1.5, boolean: source.chance(0.5), null: null }[type] ?? null
}

function randomObject(source: Random, schema: Schema, value: (inner: Json | undefined) => Json | undefined): Json | undefined {
  const required = new Set((schema['required'] ?? []) as readonly string[])
  const entries: (readonly [string, Json])[] = []
  for (const [name, inner] of Object.entries((schema['properties'] ?? {}) as Schema)) {
    if (!required.has(name) && source.chance(0.6)) continue
    const made = value(inner)
    if (made !== undefined) entries.push([name, made])
    else if (required.has(name)) return undefined
  }
  const additional = schema['additionalProperties']
  const made = typeof additional === 'object' && source.chance(0.5) ? value(additional) : undefined
  if (made !== undefined) entries.push(['some other name', made])
  return Object.fromEntries(entries)
}
