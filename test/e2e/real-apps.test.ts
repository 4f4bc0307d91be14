import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import type { AppIr, FieldIr, ObjectIr } from '../../compiler/ir/object.ts'
import type { App } from '../../runtime-lite/app/app.ts'
import type { RawRecord } from '../../runtime-lite/object/object-plan.ts'
import { createFetchHandler } from '../../runtime-lite/rest/fetch.ts'
import { corpusApps } from '../support/compiled-apps.ts'
import { generateHcApp } from '../support/hc-app.ts'
import { random, testSeed } from '../support/random.ts'
import { lookupFields, plainFields, validValue } from '../support/sample-values.ts'
import { typeCheckApp } from '../support/type-check-app.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const TMP = join(ROOT, 'tmp', `real-apps-${process.pid}`)
const seed = testSeed()

/** Applications that nobody wrote for this test: compiled unchanged, checked, started, filled and asked. */
const apps: readonly { readonly name: string; prepare(folder: string): void }[] = [
  ...corpusApps().map(({ name, path }) => ({
    name,
    prepare: (folder: string) => cpSync(join(path, 'src'), join(folder, 'src'), { recursive: true }),
  })),
  { name: 'sample', prepare: (folder) => cpSync(join(ROOT, 'schemas'), join(folder, 'schemas'), { recursive: true }) },
  { name: 'builders', prepare: (folder) => void generateHcApp(folder, { objects: 65, fields: 1650 }) },
  { name: 'pascal', prepare: (folder) => cpSync(join(ROOT, 'test', 'support', 'hcy-app'), join(folder, 'src'), { recursive: true }) },
]

if (corpusApps().length === 0) console.warn('skipped: applications of others (set OBJECTQL_CORPUS to their folder)')

afterAll(() => rmSync(TMP, { recursive: true, force: true }))

describe.each(apps)('$name', ({ name, prepare }) => {
  const folder = join(TMP, name.replaceAll('/', '-'))

  test('compiles without an error', { timeout: 120_000 }, async () => {
    mkdirSync(folder, { recursive: true })
    prepare(folder)
    writeFileSync(join(folder, 'objectql.config.json'), '{}\n')
    const { isOk, diagnostics } = await compile({ cwd: folder })
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(isOk).toBe(true)
    const again = await compile({ cwd: folder, useRecord: false })
    expect(again.written).toEqual([])
  })

  test.each(['5.9', '7'] as const)('type-checks under the strictest flags on TypeScript %s', { timeout: 180_000 }, (version) => {
    expect(typeCheckApp(join(folder, 'generated'), version)).toEqual([])
  })

  test('starts, loads its seeds and round-trips every field of every object', { timeout: 180_000 }, async () => {
    const { dump } = await compile({ cwd: folder, dump: 'ir', useRecord: false })
    const ir = dump as AppIr
    const { createApp } = (await import(/* @vite-ignore */ join(folder, 'generated', 'index.ts'))) as { createApp(): Promise<App> }
    const seeded = await createApp()
    try {
      const report = await seeded.seed()
      expect(report.inserted).toBe(ir.seeds.reduce((sum, { records }) => sum + records.length, 0))
      expect((await seeded.seed()).inserted).toBe(0)
    } finally {
      await seeded.close()
    }
    // Values are random: what their rules and state machines say about them are other tests.
    const generated = (...path: string[]) => import(/* @vite-ignore */ join(folder, 'generated', ...path))
    for (const { names } of ir.objects) {
      const module = (await generated('plans', `${names.file}.ts`)) as { plan: { rules?: unknown; behaviour?: unknown } }
      delete module.plan.rules
      if (!existsSync(join(folder, 'generated', 'machines', `${names.file}.ts`))) continue
      module.plan.behaviour = ((await generated('hooks', `${names.file}.ts`).catch(() => ({}))) as { behaviour?: unknown }).behaviour
    }
    const app = await createApp()
    try {
      await app.seed()
      await exercise(app, ir)
    } finally {
      await app.close()
    }
  })
})

async function exercise(app: App, ir: AppIr): Promise<void> {
  const fetch = createFetchHandler(app)
  const call = async (method: string, path: string, body?: unknown) => {
    const init = { method, ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) }
    const response = await fetch(new Request(`http://test${path}`, init))
    const text = await response.text()
    return { status: response.status, json: text === '' ? undefined : (JSON.parse(text) as RawRecord) }
  }
  const generator = random(seed)
  const objectByName = new Map(ir.objects.map((object) => [object.name, object]))
  const idByObject = new Map<string, string>()

  const needed = (object: ObjectIr): readonly FieldIr[] =>
    // Nobody asks here: who that is fills in nothing.
    lookupFields(object).filter((field) => field.isRequired && (field.default === undefined || field.default.kind === 'current-user'))
  const targetOf = (field: FieldIr): ObjectIr | undefined => objectByName.get(field.reference?.object ?? '')

  /** Creates one record, and first whatever its required lookups need. `isFresh`: with targets of its own, where a key is made of lookups. */
  const create = async (object: ObjectIr, isFresh = false, attempt = 1): Promise<{ readonly id: string; readonly input: RawRecord }> => {
    const input: RawRecord = { id: `${object.name.slice(0, 40)}-${generator.below(1e9)}` }
    for (const field of plainFields(object)) input[field.name] = validValue(field, generator)
    for (const field of needed(object)) {
      const target = targetOf(field)
      const known = target === object ? String(input['id']) : isFresh || !target ? undefined : idByObject.get(target.name)
      const id = known ?? (target ? (await create(target, isFresh)).id : 'kept-elsewhere')
      input[field.name] = field.isList ? [id] : id
    }
    const { status, json } = await call('POST', `/api/${encodeURIComponent(object.name)}`, input)
    // Short random values may be there already, where a rule wants each once.
    if (status === 409 && attempt < 5 && object.rules.some(({ type }) => type === 'unique')) return create(object, isFresh, attempt + 1)
    expect({ object: object.name, seed, status, json: status === 201 ? '' : json }).toEqual({
      object: object.name,
      seed,
      status: 201,
      json: '',
    })
    const id = String(json?.['id'])
    idByObject.set(object.name, id)
    return { id, input }
  }

  for (const object of ir.objects.filter(({ methods }) => methods.length > 0)) {
    // Records that need each other before they exist can only come in by seeds.
    if (isInCircle(object, (one) => needed(one).flatMap((field) => targetOf(field) ?? []))) continue
    const base = `/api/${encodeURIComponent(object.name)}`
    const { id, input } = await create(object)
    const read = await call('GET', `${base}/${id}`)
    expectSame(object, read.json ?? {}, input)

    // Update: what is present changes, what is absent stays.
    const change: RawRecord = {}
    for (const field of plainFields(object)) change[field.name] = validValue(field, generator)
    for (const field of lookupFields(object)) {
      const target = idByObject.get(field.reference?.object ?? '')
      if (target !== undefined && !field.isUnique) change[field.name] = field.isList ? [target] : target
    }
    const [half, other] = halves(change)
    expectSame(object, (await call('PATCH', `${base}/${id}`, half)).json ?? {}, { ...input, ...half })
    expectSame(object, (await call('PUT', `${base}/${id}`, other)).json ?? {}, { ...input, ...change })

    // Null clears everything that may be empty.
    const cleared: RawRecord = {}
    for (const field of [...plainFields(object), ...lookupFields(object)]) if (!field.isRequired) cleared[field.name] = null
    const empty = await call('PATCH', `${base}/${id}`, cleared)
    expect(empty).toMatchObject({ status: 200 })
    expectSame(object, empty.json ?? {}, { ...input, ...change, ...cleared })

    const list = await call('GET', `${base}?$filter=id%20eq%20'${id}'&$count=true`)
    expect(list).toMatchObject({ status: 200, json: { total: 1, items: [{ id }] } })
    const fields = object.fields.filter((field) => field.reference?.object !== undefined && !field.isWriteOnly)
    if (fields.length > 0)
      expect(await call('GET', `${base}?expand=${fields.map(({ name }) => encodeURIComponent(name)).join(',')}`)).toMatchObject({
        status: 200,
      })
    expect((await call('GET', `${base}/count`)).json?.['count']).toBeGreaterThan(0)

    if (!object.methods.includes('delete')) {
      expect(await call('DELETE', `${base}/${id}`)).toMatchObject({ status: 405 })
      continue
    }
    const { id: second } = await create(object, true)
    expect(await call('DELETE', `${base}/${second}`)).toEqual({ status: 204, json: undefined })
    expect(await call('GET', `${base}/${second}`)).toMatchObject({ status: 404 })
    idByObject.set(object.name, id)
  }
}

/** True when following required lookups from the object leads around a circle, a record that refers to itself aside. */
function isInCircle(object: ObjectIr, next: (object: ObjectIr) => readonly ObjectIr[], path: readonly ObjectIr[] = []): boolean {
  return path.includes(object) || next(object).some((target) => target !== object && isInCircle(target, next, [...path, object]))
}

function halves(record: RawRecord): readonly [RawRecord, RawRecord] {
  const entries = Object.entries(record)
  const middle = entries.length >> 1
  return [Object.fromEntries(entries.slice(0, middle)), Object.fromEntries(entries.slice(middle))]
}

/** Every readable field has the value it was given; one that was not given has its default or null. */
function expectSame(object: ObjectIr, record: RawRecord, expected: RawRecord): void {
  const given = object.fields.filter((field: FieldIr) => field.name in expected && expected[field.name] !== undefined && !field.isWriteOnly)
  // Hooks may change what was given.
  if (object.hooks.length > 0) return
  const wanted = Object.fromEntries(given.map(({ name }) => [name, expected[name]]))
  expect({ object: object.name, seed, record: Object.fromEntries(given.map(({ name }) => [name, record[name]])) }).toEqual({
    object: object.name,
    seed,
    record: wanted,
  })
  for (const field of object.fields)
    expect(field.name in record, `${object.name}.${field.name}`).toBe(
      (field.column !== undefined || field.formula !== undefined) && !field.isWriteOnly,
    )
}
