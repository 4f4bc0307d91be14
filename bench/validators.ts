import { createRequire } from 'node:module'
import { Ajv2020 } from 'ajv/dist/2020.js'
import standaloneCode from 'ajv/dist/standalone/index.js'
import addFormats from 'ajv-formats'
import { Bench } from 'tinybench'
import { openApiText } from '../compiler/6-emit/openapi/openapi-text.ts'
import { resolveConfig } from '../compiler/config/resolve-config.ts'
import { appIr, objectIr } from '../test/support/ir.ts'
import { loadValidators, validatorText } from '../test/support/load-validators.ts'
import type { Row } from './row.ts'
import { median } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'

const option = (value: string) => ({ value, label: value, annotations: {} })

/** 20 fields as business objects have them. */
const account = objectIr({
  name: 'account',
  label: 'Account',
  fields: {
    name: { type: 'text', label: 'Name', isRequired: true, value: { kind: 'string', maxLength: 80 } },
    number: { type: 'text', label: 'Number', value: { kind: 'string', pattern: '^[A-Z]{2}-\\d{4,}$', maxLength: 20 } },
    status: {
      type: 'select',
      label: 'Status',
      isRequired: true,
      value: {
        kind: 'option',
        base: 'string',
        isOpen: false,
        options: ['Prospect', 'Active Customer', 'Former Customer', 'Partner'].map(option),
      },
    },
    industry: {
      type: 'select',
      label: 'Industry',
      value: {
        kind: 'option',
        base: 'string',
        isOpen: false,
        options: [
          'Agriculture',
          'Banking',
          'Chemicals',
          'Construction',
          'Education',
          'Energy',
          'Health Care',
          'Retail',
          'Technology',
          'Transport',
        ].map(option),
      },
    },
    email: { type: 'email', label: 'Email' },
    phone: { type: 'phone', label: 'Phone' },
    website: { type: 'url', label: 'Website' },
    employees: { type: 'number', label: 'Employees', value: { kind: 'number', isInteger: true, min: 0 } },
    revenue: { type: 'currency', label: 'Revenue', value: { kind: 'number', isInteger: false, scale: 2, min: 0 } },
    discount: { type: 'percent', label: 'Discount', value: { kind: 'number', isInteger: false, min: 0, max: 100 } },
    rating: { type: 'rating', label: 'Rating' },
    is_active: { type: 'boolean', label: 'Active' },
    founded: { type: 'date', label: 'Founded' },
    last_contact: { type: 'datetime', label: 'Last Contact' },
    owner: { type: 'lookup', label: 'Owner', isRequired: true },
    parent: { type: 'lookup', label: 'Parent' },
    tags: { type: 'tags', label: 'Tags' },
    city: { type: 'text', label: 'City', value: { kind: 'string', maxLength: 60 } },
    country: { type: 'text', label: 'Country', value: { kind: 'string', minLength: 2, maxLength: 2 } },
    notes: { type: 'textarea', label: 'Notes' },
  },
})

/** Valid inputs in the shapes that clients send: from the required fields only to all of them, fresh from JSON. */
function inputs(): readonly unknown[] {
  const full = {
    name: 'Northwind Sensors GmbH',
    number: 'DE-10442',
    status: 'Active Customer',
    industry: 'Technology',
    email: 'office@northwind.example.com',
    phone: '+49 30 901820-0',
    website: 'https://northwind.example.com/about',
    employees: 412,
    revenue: 18250000.75,
    discount: 7.5,
    rating: 4,
    is_active: true,
    founded: '1998-04-01',
    last_contact: '2025-01-31T09:30:00.000Z',
    owner: '0194b8a2-6c1e-7f3a-9d52-3f0c8e5a1b07',
    parent: '0194b8a2-7d40-7c11-8a6e-5b9f2d7c4e13',
    tags: ['key account', 'weather'],
    city: 'Berlin',
    country: 'DE',
    notes: 'Prefers to be called before noon. Renewal is due in spring; ask for the new contact in purchasing.',
  }
  const required = { name: full.name, status: full.status, owner: full.owner }
  const most = Object.fromEntries(Object.entries(full).slice(0, 16))
  const cleared = { ...full, notes: null, parent: null }
  const shapes = [full, required, most, cleared, full, full, most, cleared]
  return Array.from({ length: 64 }, (_, index) => JSON.parse(JSON.stringify(shapes[index % shapes.length])) as unknown)
}

/** Ajv's standalone code for the create schema of our own OpenAPI document: the same rules, as far as JSON Schema can say them. */
function ajvValidator(): (input: unknown) => boolean {
  const { components } = JSON.parse(openApiText(appIr([account]), resolveConfig({}, { folderName: 'bench', exists: () => false }))) as {
    readonly components: { readonly schemas: { readonly [name: string]: object } }
  }
  const ajv = new Ajv2020({ code: { source: true, optimize: 2 }, strict: false })
  addFormats.default(ajv)
  const validate = ajv.compile({ ...components.schemas['AccountCreate'], components })
  const module = { exports: undefined as unknown }
  new Function('module', 'exports', 'require', standaloneCode.default(ajv, validate))(module, {}, createRequire(import.meta.url))
  return module.exports as (input: unknown) => boolean
}

export async function run(): Promise<readonly Row[]> {
  const { create } = loadValidators(account)
  const ajv = ajvValidator()
  const all = inputs()
  for (const input of all)
    if (create(input) !== undefined || !ajv(input)) throw new Error(`Refused: ${JSON.stringify(create(input) ?? input)}`)
  const ours: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const bench = new Bench({ time: isQuick ? 100 : 500, warmupTime: 100 })
    bench.add('objectql', () => {
      for (const input of all) create(input)
    })
    bench.add('ajv', () => {
      for (const input of all) ajv(input)
    })
    await bench.run()
    const [first, second] = bench.tasks.map((task) =>
      task.result.state === 'completed' ? (task.result.latency.p50 * 1e6) / all.length : Number.NaN,
    )
    ours.push(first ?? Number.NaN)
    theirs.push(second ?? Number.NaN)
  }
  return [
    { name: 'create validator, 20 fields, valid input', value: median(ours), unit: 'ns' },
    { name: 'Ajv standalone, same schema, same inputs', value: median(theirs), unit: 'ns' },
    {
      name: 'speed against Ajv standalone',
      value: median(ours.map((nanoseconds, round) => (theirs[round] ?? Number.NaN) / nanoseconds)),
      unit: '×',
      target: 1,
      better: 'more',
      note: 'Ajv without decimals and phone formats, stops at the first error',
    },
    {
      name: 'printed validators, 20 fields',
      value: validatorText(account).length,
      unit: 'bytes',
      target: 6144,
      note: 'create and update, not minified',
    },
  ]
}
