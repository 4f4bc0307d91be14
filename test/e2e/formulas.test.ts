import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { AppIr } from '../../compiler/ir/object.ts'
import { compiledApp, corpusApps, sampleApp } from '../support/compiled-apps.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const FOLDER = join(ROOT, 'tmp', `formulas-${process.pid}`)

const SCHEMAS = {
  'customer.object.yml': `
name: customer
fields:
  name: { type: text, required: true }
  discount: { type: number }
  referrer: { type: lookup, reference_to: customer }
  turnover: { type: summary, summary_object: sale, summary_field: net, summary_type: sum }
  label: { type: formula, data_type: text, expression: "UPPER(name) & ' / ' & referrer.name" }
`,
  'sale.object.yml': `
name: sale
fields:
  title: { type: text }
  customer: { type: lookup, reference_to: customer }
  quantity: { type: number }
  price: { type: currency, scale: 2 }
  ordered_on: { type: date }
  shipped_on: { type: date }
  status: { type: select, options: [draft, open, closed] }
  net: { type: formula, data_type: currency, scale: 2, expression: "quantity * price" }
  total: { type: formula, data_type: currency, scale: 2, expression: "net * (1 - customer.discount / 100)", blank_as_zero: true }
  due_on: { type: formula, data_type: date, expression: "ordered_on + 30" }
  transit: { type: formula, data_type: number, expression: { dialect: cel, source: "record.shipped_on == null ? -1 : daysBetween(record.ordered_on, record.shipped_on)" } }
  age: { type: formula, data_type: number, scale: 0, expression: "$today - ordered_on" }
  is_large: { type: formula, data_type: boolean, expression: "total > 100 && status !== 'draft'" }
  size:
    type: formula
    data_type: text
    expression: |
      const large = total > 100
      if (large) return 'large'
      return total > 10 ? 'medium' : 'small'
  buyer: { type: formula, data_type: text, expression: "customer.label" }
queries:
  large: { params: { least: { type: number } }, where: { total: { $gte: $least } }, orderBy: { total: desc } }
  totals: { select: [id, total, buyer], where: { is_large: true }, orderBy: id }
`,
}

const DATABASES = [
  { name: 'SQLite', server: undefined, url: () => ':memory:' },
  {
    name: 'PostgreSQL',
    server: postgres,
    url: (database: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@127.0.0.1:5432/${database}`,
  },
  {
    name: 'MariaDB',
    server: mysql,
    url: (database: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1:3306/${database}`,
  },
]

beforeAll(async () => {
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  for (const [name, text] of Object.entries(SCHEMAS)) writeFileSync(join(FOLDER, 'schemas', name), text.trimStart())
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  const { isOk, diagnostics } = await compile({ cwd: FOLDER })
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([])
  expect(isOk).toBe(true)
}, 60_000)
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }))

describe.each(DATABASES)('formulas on $name', ({ name, server, url }) => {
  const canRun = server === undefined || isReachable(server)
  if (!canRun) console.warn(`skipped: formulas on ${name}`)

  test.runIf(canRun)('are read, filtered, sorted and grouped, and written by nobody', { timeout: 60_000 }, async () => {
    const scratch = server?.create('formulas')
    const app = await startedApp(join(FOLDER, 'generated'), { datasource: url(scratch?.name ?? ''), migrate: true } as never)
    try {
      await exercise(app)
    } finally {
      await app.close()
      scratch?.drop()
    }
  })
})

async function exercise({ request }: RunningApp): Promise<void> {
  const post = async (object: string, body: object) => (await request(`/api/${object}`, { method: 'POST', body })).json
  await post('customer', { id: 'c1', name: 'Ada' })
  const bob = await post('customer', { id: 'c2', name: 'Bob', discount: 10, referrer: 'c1' })
  expect(bob).toMatchObject({ label: 'BOB / Ada' })
  expect((await request('/api/customer/c1')).json).toMatchObject({ label: 'ADA / ' })

  const large = await post('sale', {
    id: 's1',
    title: 'a',
    customer: 'c2',
    quantity: 3,
    price: 99.99,
    ordered_on: '2024-01-31',
    shipped_on: '2024-03-01',
    status: 'open',
  })
  const computed = { net: 299.97, total: 269.97, due_on: '2024-03-01', transit: 30, is_large: true, size: 'large', buyer: 'BOB / Ada' }
  expect(large).toMatchObject(computed)
  expect(large.age).toBe(Math.round((Date.parse(new Date().toISOString().slice(0, 10)) - Date.parse('2024-01-31')) / 86_400_000))
  expect((await request('/api/sale/s1')).json).toMatchObject(computed)
  expect((await request('/api/sale/s1?$select=total,buyer')).json).toEqual({ total: 269.97, buyer: 'BOB / Ada' })

  // Without a customer, a price, a date.
  const empty = await post('sale', { id: 's2', quantity: 2 })
  expect(empty).toMatchObject({ net: null, total: 0, due_on: null, transit: -1, age: null, is_large: false, size: 'small', buyer: null })
  const small = await post('sale', { id: 's3', quantity: 1, price: 20, status: 'closed' })
  expect(small).toMatchObject({ net: 20, total: 20, is_large: false, size: 'medium' })
  const changed = await request('/api/sale/s3', { method: 'PATCH', body: { quantity: 50 } })
  expect(changed.json).toMatchObject({ net: 1000, total: 1000, is_large: true, size: 'large' })

  const ids = async (query: string): Promise<unknown> => {
    const { json } = await request(`/api/sale?${query}`)
    return json.items?.map(({ id }: { id: string }) => id) ?? json
  }
  expect(await ids('$filter=total gt 100&$orderby=total desc')).toEqual(['s3', 's1'])
  expect(await ids('$filter=is_large eq true&$orderby=id')).toEqual(['s1', 's3'])
  expect(await ids("$filter=buyer eq 'BOB / Ada'")).toEqual(['s1'])
  expect(await ids('$filter=due_on eq 2024-03-01')).toEqual(['s1'])
  expect(await ids("$filter=customer/label eq 'BOB / Ada'")).toEqual(['s1'])
  expect(await ids('$filter=buyer eq null&$orderby=size,id')).toEqual(['s3', 's2'])
  const page = (await request('/api/sale?$orderby=total&$top=2&cursor=')).json
  expect(page.items.map(({ id }: { id: string }) => id)).toEqual(['s2', 's1'])
  const next = (await request(`/api/sale?$orderby=total&$top=2&cursor=${encodeURIComponent(page.next_cursor)}`)).json
  expect(next.items.map(({ id }: { id: string }) => id)).toEqual(['s3'])
  const grouped = await request(`/api/sale/query`, {
    method: 'POST',
    body: { groupBy: ['size'], aggregate: [{ function: 'sum', field: 'total', alias: 'sum' }], orderBy: { size: 'asc' } },
  })
  expect(grouped.json.items).toEqual([
    { size: 'large', sum: 1269.97 },
    { size: 'small', sum: 0 },
  ])
  const expanded = (await request('/api/sale?$expand=customer&$filter=id eq %27s1%27')).json
  expect(expanded.items[0]).toMatchObject({ total: 269.97, customer: { label: 'BOB / Ada' } })
  const inside = (await request('/api/customer?$expand=sales&$filter=id eq %27c2%27')).json
  expect(inside.items[0]).toMatchObject({ label: 'BOB / Ada', sales: [{ id: 's1', total: 269.97, buyer: 'BOB / Ada' }] })

  expect((await request('/api/sale/queries/large?least=100')).json.items).toMatchObject([
    { id: 's3', total: 1000 },
    { id: 's1', size: 'large' },
  ])
  expect((await request('/api/sale/queries/totals')).json.items).toEqual([
    { id: 's1', total: 269.97, buyer: 'BOB / Ada' },
    { id: 's3', total: 1000, buyer: null },
  ])
  // Roll-ups add up what is worked out.
  expect((await request('/api/customer/c2')).json).toMatchObject({ turnover: 299.97 })

  const refused = await request('/api/sale', { method: 'POST', body: { total: 5 } })
  expect(refused.status).toBe(422)
}

test('formulas of real applications are compiled, or a diagnostic says why not', { timeout: 120_000 }, async () => {
  const apps = [...corpusApps(), sampleApp]
  const outcome = new Map<string, string[]>()
  for (const app of apps) {
    const ir: AppIr = await compiledApp(app)
    const { diagnostics } = await compile({ cwd: app.path, dump: 'ir', useRecord: false })
    for (const object of ir.objects)
      for (const field of object.fields.filter(({ type }) => type === 'formula')) {
        const told = diagnostics.filter(({ code, message }) => code.startsWith('expression/') && message.includes(`"${field.name}"`))
        const key = field.formula?.dialect ?? 'left out'
        outcome.set(key, [
          ...(outcome.get(key) ?? []),
          `${app.name} ${object.name}.${field.name}: ${field.formula?.source ?? told[0]?.message ?? ''}`,
        ])
        expect(field.formula !== undefined || told.length > 0, `${object.name}.${field.name}`).toBe(true)
      }
  }
  for (const [dialect, lines] of outcome) console.log(`${dialect}: ${lines.length}\n  ${lines.join('\n  ')}`)
  expect([...outcome.keys()].filter((key) => key !== 'left out').sort()).toEqual(['cel', 'javascript', 'spreadsheet'])
})
