import { isLegalName } from '../../compiler/3-link/check/legal-name.ts'
import { FIELD_TYPES } from '../../compiler/ir/field-type.ts'
import type { Random } from './random.ts'
import { HOSTILE_NAMES } from './random-ir.ts'
import { some } from './random-world.ts'

/** Path → text of a project's files. */
export type Files = Readonly<Record<string, string>>

type Data = { readonly [key: string]: unknown }

const OBJECT_NAMES = [
  ...['account', 'Order', 'case_item', 'user', 'index', 'person', 'people', 'client', 'promise', 'a-b', 'straße', '客户', 'İzmir', 'x9'],
  ...['price', 'price_list', 'priceList', 'file', 'ışık', 'news', 'Zebra', 'älg', 'ångström', 'error'],
]
const FIELD_NAMES = [
  ...['name', 'Name2', 'title', 'code', 'status', 'owner', 'total', 'due', 'note', 'größe', 'INDEX', 'ı', '名称', 'constructor', 'j'],
  ...HOSTILE_NAMES.filter(isLegalName),
]
const TEXTS = [
  'Plain',
  '',
  'With "quotes" and it\'s',
  'two\nlines',
  '*/ ends a comment',
  '${no} `template`',
  '客户名称 🔥',
  'İ ı I i',
  'ﬁn Åä zß',
]
const OPTIONS = ['open', 'Won', "O'Brien", 'In Progress', 'İptal', 'iptal', 'ä', 'z', 'a', 'Z', '0', '10', '9']
const PATTERNS = ['^[A-Z]+$', '^\\d{2,4}$', '^[\'"`/]*$', '[\\w.]+@x']

/**
 * A project as many hands would write it: objects in YAML, JSON, bundles and modules, one object over several files, and all that
 * hangs on objects. Mostly right, sometimes not.
 */
export function randomSchemas(random: Random): Files {
  const files = new Map<string, string>([['objectql.config.json', JSON.stringify(randomConfig(random))]])
  const names = distinct(some(random, OBJECT_NAMES, 1 + random.below(7)))
  const folder = (): string => random.pick(['schemas', 'schemas/a', 'schemas/B', 'schemas/ä', 'schemas/a b'])
  const bundle: Record<string, Data> = {}
  for (const name of names) {
    const object = randomObject(random, name, names)
    const stem = `${folder()}/${random.chance(0.7) ? name : `${name}_${random.below(9)}`}`
    const kind = random.pick(['yml', 'yaml', 'json', 'ts', 'bundle'])
    if (kind === 'bundle') bundle[name] = { fields: object['fields'], label: object['label'] }
    else if (kind === 'json') files.set(`${stem}.object.json`, JSON.stringify(object, null, random.below(3)))
    else if (kind === 'ts') files.set(`${stem}.object.ts`, moduleText(object))
    else files.set(`${stem}.object.${kind}`, yamlText(object))
    if (random.chance(0.3)) files.set(`${folder()}/${name}.extension.object.yml`, yamlText(randomExtension(random, name, names)))
    for (const [path, text] of besides(random, name)) files.set(`${folder()}/${path}`, text)
  }
  if (Object.keys(bundle).length > 0) files.set('schemas/more.object.yml', yamlText(bundle))
  if (random.chance(0.5)) files.set('schemas/shop.app.yml', yamlText({ name: 'shop', label: random.pick(TEXTS), objects: names }))
  return Object.fromEntries(files)
}

/** Names that differ in more than case. */
function distinct(names: readonly string[]): readonly string[] {
  const folded = new Set<string>()
  return names.filter((name) => folded.size < folded.add(name.toLowerCase()).size)
}

const randomConfig = (random: Random): Data => ({
  name: 'determinism',
  ...(random.chance(0.5) ? { dialects: some(random, ['sqlite', 'postgres', 'mysql'], 1 + random.below(3)) } : {}),
  ...(random.chance(0.2) ? { emit: { module: 'js' } } : {}),
  ...(random.chance(0.2) ? { types: { openOptions: true } } : {}),
})

function randomObject(random: Random, name: string, names: readonly string[]): Data {
  const fieldNames = distinct(some(random, FIELD_NAMES, 1 + random.below(10)))
  const fields = Object.fromEntries(fieldNames.map((field) => [field, randomField(random, names)]))
  return {
    name,
    label: random.pick(TEXTS) || name,
    ...(random.chance(0.5) ? { description: random.pick(TEXTS) } : {}),
    ...(random.chance(0.3) ? { enable: { trackHistory: true, apiMethods: some(random, ['get', 'list', 'create', 'update'], 2) } } : {}),
    fields: random.chance(0.03) ? { ...fields, slip: { type: 'txet', lable: 'x' } } : fields,
    ...(random.chance(0.4) ? { indexes: randomIndexes(random, fieldNames) } : {}),
  }
}

function randomIndexes(random: Random, fields: readonly string[]): Data {
  const names = some(random, ['by_one', 'By_Two', 'ä_idx', 'z_idx'], 1 + random.below(3))
  return Object.fromEntries(
    names.map((name) => [name, { fields: some(random, fields, 1 + random.below(2)), ...(random.chance(0.3) ? { unique: true } : {}) }]),
  )
}

function randomExtension(random: Random, name: string, names: readonly string[]): Data {
  const fields = distinct(some(random, FIELD_NAMES, 1 + random.below(3)))
  return {
    name,
    fields: Object.fromEntries(fields.map((field) => [field, random.chance(0.3) ? { label: 'Other' } : randomField(random, names)])),
  }
}

const REFERENCES: ReadonlySet<string> = new Set(['lookup', 'master_detail', 'tree'])
const CHOICES: ReadonlySet<string> = new Set(['select', 'radio', 'multiselect', 'checkboxes', 'tags'])
const NUMBERS: ReadonlySet<string> = new Set(['number', 'currency', 'percent', 'slider'])

function randomField(random: Random, names: readonly string[]): Data {
  const type = random.pick(FIELD_TYPES)
  return {
    type,
    ...(random.chance(0.4) ? { label: random.pick(TEXTS) } : {}),
    ...(random.chance(0.3) ? { description: random.pick(TEXTS) } : {}),
    ...(random.chance(0.2) ? { required: true } : {}),
    ...(REFERENCES.has(type)
      ? { reference: random.chance(0.9) ? random.pick(names) : 'elsewhere', ...rarely(random, { multiple: true }) }
      : {}),
    ...(CHOICES.has(type) ? { options: randomOptions(random) } : {}),
    ...(NUMBERS.has(type) ? { ...rarely(random, { min: -1.5 }), ...rarely(random, { max: 1e6 }), ...rarely(random, { scale: 2 }) } : {}),
    ...(type === 'text' ? { ...rarely(random, { maxLength: 80 }), ...rarely(random, { pattern: random.pick(PATTERNS) }) } : {}),
    ...(type === 'text' || type === 'email' ? rarely(random, { unique: true }) : {}),
    ...(type === 'date' ? rarely(random, { defaultValue: '$today' }) : {}),
    ...(type === 'datetime' ? rarely(random, { defaultValue: 'NOW()' }) : {}),
    ...(type === 'json' ? rarely(random, { defaultValue: { b: [1, { a: null }], a: 'x' } }) : {}),
    ...(type === 'vector' ? { dimensions: 1 + random.below(4) } : {}),
    ...(type === 'formula' ? { expression: 'total + 1', dataType: 'number' } : {}),
    ...(type === 'summary' ? { summaryOperations: { object: random.pick(names), field: 'id', function: 'count' } } : {}),
  }
}

const rarely = (random: Random, attributes: Data): Data => (random.chance(0.3) ? attributes : {})

function randomOptions(random: Random): readonly unknown[] {
  const values = some(random, OPTIONS, 1 + random.below(6))
  return random.chance(0.5) ? values : values.map((value) => ({ value, label: random.pick(TEXTS) || value, color: '#fff' }))
}

/** Files of other kinds that belong to an object. */
function besides(random: Random, object: string): readonly (readonly [string, string])[] {
  const all: readonly (readonly [string, string])[] = [
    [`${object}.data.yml`, yamlText([{ id: `${object}-2` }, { id: `${object}-1` }])],
    [`${object}.validation.yml`, yamlText({ object, rules: [{ name: 'one', type: 'script', condition: 'id = "1"', message: 'No.' }] })],
    [`${object}.permission.yml`, yamlText({ name: `${object}_permission`, object, roles: ['b', 'a'] })],
    [`${object}_flow.workflow.yml`, yamlText({ name: `${object}_flow`, object, states: [{ name: 'a' }] })],
    [`${object}.hook.ts`, `export default { beforeCreate(): void {}, afterFind(): void {} }\n`],
    [`${object}.action.ts`, `export const send = { label: 'Send', handler: (): void => {} }\n`],
    [`i18n/de/${object}.json`, JSON.stringify({ label: random.pick(TEXTS) })],
    [`i18n/tr/${object}.json`, JSON.stringify({ label: random.pick(TEXTS) })],
  ]
  return all.filter(() => random.chance(0.2))
}

/** One key per line; values in JSON, which YAML understands. */
function yamlText(data: Data | readonly unknown[]): string {
  if (Array.isArray(data)) return data.map((item) => `- ${JSON.stringify(item)}\n`).join('')
  return Object.entries(data)
    .map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}\n`)
    .join('')
}

const moduleText = (object: Data): string =>
  `import { ObjectSchema } from 'objectql/spec'\n\nexport const Schema = ObjectSchema.create(JSON.parse(${JSON.stringify(JSON.stringify(object))}))\n`
