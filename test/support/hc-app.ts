import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { random as createRandom, type Random } from './random.ts'

export interface HcAppOptions {
  readonly objects: number
  /** Fields over all objects. */
  readonly fields: number
  readonly seed?: number
}

export interface HcApp {
  /** Paths relative to the folder. */
  readonly files: readonly string[]
  readonly objectNames: readonly string[]
  readonly hooks: number
  readonly actions: number
}

/**
 * Writes an application in the style of a large TypeScript CRM: objects in four packages, plugins that list them and their hooks, a
 * stack that lists the plugins, references in PascalCase, and option values as people write them.
 */
export function generateHcApp(folder: string, { objects, fields, seed = 1 }: HcAppOptions): HcApp {
  const random = createRandom(seed)
  const textByPath = new Map<string, string>()
  const names = objectNames(objects)
  const packageOf = (index: number): string => PACKAGES[index % PACKAGES.length] ?? 'crm'
  let hooks = 0
  let actions = 0
  for (const [index, name] of names.entries()) {
    const count = Math.floor((fields * (index + 1)) / objects) - Math.floor((fields * index) / objects)
    const path = `packages/${packageOf(index)}/src/${name}`
    textByPath.set(`${path}.object.ts`, objectSource(name, count, names, random))
    if (index % 3 === 0) {
      textByPath.set(`${path}.hook.ts`, hookSource(name, index))
      hooks += 2
    }
    if (index % 5 === 0) {
      textByPath.set(`packages/${packageOf(index)}/src/actions/${name}.action.ts`, actionSource(name))
      actions += 3
    }
  }
  for (const packageName of PACKAGES) textByPath.set(`packages/${packageName}/src/plugin.ts`, pluginSource(packageName, names, packageOf))
  textByPath.set('packages/core/src/options.ts', SHARED_OPTIONS)
  textByPath.set('packages/core/src/db.ts', SHARED_DB)
  textByPath.set('objectstack.config.ts', stackSource())
  textByPath.set('tsconfig.json', TSCONFIG)
  for (const [path, text] of textByPath) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  return { files: [...textByPath.keys()].sort(), objectNames: names, hooks, actions }
}

const PACKAGES = ['crm', 'marketing', 'service', 'products'] as const

const BASE_NAMES = [
  ...[
    'account',
    'contact',
    'lead',
    'opportunity',
    'case',
    'campaign',
    'campaign_member',
    'product',
    'pricebook',
    'quote',
    'contract',
    'order',
  ],
  ...[
    'invoice',
    'payment',
    'task',
    'event',
    'note',
    'position',
    'offer',
    'goal',
    'form',
    'queue',
    'portal_user',
    'business_hours',
    'sla_template',
  ],
  ...[
    'email_template',
    'knowledge_article',
    'escalation_rule',
    'forum_topic',
    'forum_post',
    'skill',
    'department',
    'employee',
    'attendance',
  ],
]

function objectNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const base = BASE_NAMES[index % BASE_NAMES.length] ?? 'thing'
    const round = Math.floor(index / BASE_NAMES.length)
    return round === 0 ? base : `${base}_${['history', 'line', 'rule', 'target', 'share'][round - 1] ?? `part_${round}`}`
  })
}

const pascal = (name: string): string =>
  name
    .split('_')
    .map((word) => (word === 'sla' ? 'SLA' : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('')

/** Values seen in real applications: capitals, spaces, slashes, dots, digits first, the empty string. */
const OPTION_SETS: readonly (readonly string[])[] = [
  ['New', 'Working', 'Closed'],
  ['Prospect', 'Active Customer', 'Former Customer'],
  ['Full-time', 'Part-time', 'C-level'],
  ['1 Week', '24x7', '360 Review'],
  ['1', '2', '3', '10', '11', '12'],
  ['America/New_York', 'Asia/Shanghai', 'zh-CN'],
  ['Mr.', 'Ms.', 'Dr.'],
  ['30/70 Split', 'Existing Business - Renewal', 'Other'],
  ['USD', 'CNY', 'EUR'],
  ['low', 'normal', 'high'],
]

const LABELS = ['名称', '状态', '热门 🔥', 'Account Name', '金额 (万元)', 'Owner', '"Quoted" label', "It's fine", 'Größe']

function objectSource(name: string, count: number, names: readonly string[], random: Random): string {
  const fields = [nameField(name, random)]
  for (let index = 1; index < count; index++) fields.push(fieldSource(index, names, random))
  const needsOptions = fields.some((field) => field.includes('sharedOptions'))
  return `import { ObjectSchema, Field${random.chance(0.5) ? ', type ObjectDefinition' : ''} } from '@objectstack/spec/data';
${needsOptions ? "import { sharedOptions } from '@app/core/options';\n" : ''}
/** ${pascal(name)} */
export const ${pascal(name)} = ObjectSchema.create({
  name: '${name}',
  label: ${JSON.stringify(random.pick(LABELS))},
  pluralLabel: '${pascal(name)}s',
  icon: 'building',
  description: \`All about ${name}\`,

  enable: {
    searchable: true,
    trackHistory: ${random.chance(0.5)},
    activities: true,
    feeds: true,${random.chance(0.1) ? '\n    emailToCase: true,' : ''}
  },

  fields: {
${fields.map((field) => `    ${field},`).join('\n')}
  },

  indexes: [
    { fields: ['${fields[0]?.split(':')[0] ?? 'name'}'], unique: false },
  ],

  validations: [
    { name: '${name}_check', type: 'script', severity: 'error', message: 'Not like this', condition: 'ISBLANK(${fields[0]?.split(':')[0] ?? 'name'})' },
  ],
});

export default ${pascal(name)};
`
}

function nameField(name: string, random: Random): string {
  if (random.chance(0.3)) return `code: Field.autonumber({ label: '编号', format: '${name.slice(0, 2).toUpperCase()}-{YYYY}-{0000}' })`
  return `name: Field.text({ label: '名称', required: true, searchable: true, maxLength: 255 })`
}

function fieldSource(index: number, names: readonly string[], random: Random): string {
  const label = JSON.stringify(random.pick(LABELS))
  const name = (kind: string): string => `${kind}_${index}`
  const target = random.pick(names)
  const options = random.pick(OPTION_SETS)
  const list = options.map((value) => `{ label: ${JSON.stringify(random.pick(LABELS))}, value: ${JSON.stringify(value)} }`)
  const forms: readonly (() => string)[] = [
    () => `${name('text')}: Field.text({ label: ${label}, maxLength: 120 })`,
    () => `${name('p_d_f_url')}: Field.url({ label: ${label} })`,
    () => `${name('amount')}: Field.currency({ label: ${label}, precision: 2, min: 0 })`,
    () => `${name('count')}: Field.number({ label: ${label}, precision: 0, defaultValue: 0 })`,
    () => `${name('rate')}: Field.percent({ label: ${label}, scale: 2 })`,
    () => `${name('is_active')}: Field.boolean({ label: ${label}, defaultValue: true })`,
    () => `${name('due')}: Field.date({ label: ${label}, defaultValue: '$today' })`,
    () => `${name('done_at')}: Field.datetime({ label: ${label}, readonly: true })`,
    () => `${name('body')}: Field.textarea({ label: ${label}, rows: 4 })`,
    () => `${name('mail')}: Field.email({ label: ${label}, unique: ${random.chance(0.2)} })`,
    () => `${name('at')}: { type: 'time', label: ${label} }`,
    () =>
      `${name('status')}: Field.select({ label: ${label}, options: [${list.join(', ')}], defaultValue: ${JSON.stringify(options[0])} })`,
    () => `${name('type')}: Field.select([${list.join(', ')}], { label: ${label}, multiple: ${random.chance(0.1)} })`,
    () =>
      `${name('criteria')}: Field.select({ label: ${label}, options: [{ label: '=', value: '' }, { label: '!=', value: '' }, 'contains'] })`,
    () => `${name('level')}: Field.select({ label: ${label}, options: sharedOptions })`,
    () => `${name('related')}: Field.lookup('${target}', { label: ${label} })`,
    () => `${name('parent')}: Field.lookup('${pascal(target)}', { label: ${label}, referenceFilters: ["status = 'active'"] })`,
    () => `${name('owner')}: Field.lookup('users', { label: ${label}, defaultValue: '$currentUser' })`,
    () => `${name('master')}: Field.masterDetail('${target}', { label: ${label}, required: true })`,
    () => `${name('total')}: Field.formula({ label: ${label}, expression: "CONCATENATE(last_name, first_name)", returnType: 'text' })`,
    () =>
      `${name('rollup')}: Field.summary({ label: ${label}, summaryOperations: { object: '${target}', field: 'id', function: 'count' } })`,
    () => `${name('stars')}: Field.rating(5, { label: ${label} })`,
    () => `${name('shape')}: Field.vector(3, { label: ${label} })`,
  ]
  return random.pick(forms)()
}

function hookSource(name: string, index: number): string {
  const object = index % 2 === 0 ? pascal(name) : name
  return `import type { Hook, HookContext } from '@objectstack/spec/data';
import { db } from '@app/core/db';

/** Keeps ${name} in order. */
export const ${pascal(name)}Trigger: Hook = {
  name: '${pascal(name)}Trigger',
  object: '${object}',
  events: ['beforeInsert', 'beforeUpdate'],
  priority: 50,
  handler: async (ctx: HookContext) => {
    const record = ctx.input as Record<string, unknown>;
    if ('name' in record && !record['name']) record['name'] = 'unnamed';
    await db.find('${name}', {});
  },
};

const afterwards: Hook = {
  name: '${name}_afterwards',
  object: ['${name}'],
  events: ['afterUpdate'],
  async: true,
  handler: async () => {},
};

export default [${pascal(name)}Trigger, afterwards];
`
}

function actionSource(name: string): string {
  return `import { db } from '../../../core/src/db';

export interface Result { ok: boolean }

/** Scores one record. */
export async function score${pascal(name)}(request: { id: string }): Promise<Result> {
  await db.find('${name}', request);
  return { ok: true };
}

export async function merge${pascal(name)}(): Promise<Result> {
  return { ok: true };
}

export const enrich${pascal(name)} = {
  name: 'enrich_${name}',
  label: 'Enrich',
  params: { depth: { type: 'number', label: 'Depth', required: true } },
  handler: async (ctx: { params: { depth: number } }): Promise<Result> => ({ ok: ctx.params.depth > 0 }),
};
`
}

function pluginSource(packageName: string, names: readonly string[], packageOf: (index: number) => string): string {
  const own = names.filter((_, index) => packageOf(index) === packageName)
  const hooked = names.filter((_, index) => packageOf(index) === packageName && index % 3 === 0)
  return `${own.map((name) => `import { ${pascal(name)} } from './${name}.object';`).join('\n')}
${hooked.map((name) => `import { ${pascal(name)}Trigger } from './${name}.hook';`).join('\n')}

export const ${pascal(packageName)}Plugin = {
  name: '${packageName}',
  label: '${pascal(packageName)}',
  version: '1.0.0',
  dependencies: [${packageName === 'crm' ? '' : "'crm'"}],
  objects: {
${own.map((name) => `    ${name}: ${pascal(name)},`).join('\n')}
  },
  triggers: {
${hooked.map((name) => `    ${name}: ${pascal(name)}Trigger,`).join('\n')}
  },
  navigation: { type: 'app', items: [] },
  async init() {},
};

export default ${pascal(packageName)}Plugin;
`
}

function stackSource(): string {
  return `import { defineStack } from '@objectstack/spec';
import { ObjectQLPlugin } from '@objectstack/objectql';
${PACKAGES.map((name) => `import ${pascal(name)}Plugin from '@app/${name}/plugin';`).join('\n')}

export default defineStack({
  manifest: { id: 'com.example.crm', name: 'Example CRM', version: '1.2.3', type: 'app' },
  plugins: [new ObjectQLPlugin(), ${PACKAGES.map((name) => `${pascal(name)}Plugin`).join(', ')}],
  dashboards: [{ name: 'sales', label: 'Sales' }],
});
`
}

const SHARED_OPTIONS = `export enum Level { Low = 'Low', High = 'High' }

export const sharedOptions = Object.values(Level).map((value) => ({ label: value.toUpperCase(), value }));
`

const TSCONFIG = `{
  // the way monorepos do it
  "compilerOptions": {
    "baseUrl": ".",
    "paths": { "@app/*": ["packages/*", "packages/*/src"], "@app/core/*": ["packages/core/src/*"], "@app/crm/*": ["packages/crm/src/*"],
      "@app/marketing/*": ["packages/marketing/src/*"], "@app/service/*": ["packages/service/src/*"], "@app/products/*": ["packages/products/src/*"], },
  },
}
`

const SHARED_DB = `export const db = { find: async (_object: string, _query: object): Promise<unknown[]> => [] };
`
