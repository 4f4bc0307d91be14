import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { ObjectQLError } from '../../runtime-lite/problem/problem.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { random, testSeed } from '../support/random.ts'
import { judge, looksAt, type Row, type Verdict } from '../support/rules/interpret-rules.ts'
import { randomRule } from '../support/rules/random-rule.ts'
import { type AuthoredRule, FIELDS, type FieldName, randomValue } from '../support/rules/random-rules.ts'
import { startedApp } from '../support/running-app.ts'

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 10_000)
const OBJECTS = 24
const RULES = 5
const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `rules-differential-${process.pid}`)

const DECLARED: Readonly<Record<string, object>> = {
  text: { type: 'text' },
  state: { type: 'select', options: ['draft', 'open', 'done', 'gone'] },
  number: { type: 'number' },
  date: { type: 'date' },
  boolean: { type: 'boolean' },
}

const SERVERS = [
  { name: 'SQLite', server: undefined, share: 1, url: () => ':memory:' },
  {
    name: 'PostgreSQL',
    server: postgres,
    share: 0.05,
    url: (name: string) => `postgres://${process.env['PGUSER'] ?? 'postgres'}@127.0.0.1:5432/${name}`,
  },
  {
    name: 'MariaDB',
    server: mysql,
    share: 0.05,
    url: (name: string) => `mysql://${process.env['MYSQL_USER'] ?? 'root'}@127.0.0.1:3306/${name}`,
  },
]

/** Compiled rules and a slow reader of what their authors meant, over random rules, records and sequences of writes. */
test('rules say the same as their interpreter', async () => {
  const seed = testSeed()
  console.log(`rules: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${CASES}`)
  const generator = random(seed)
  const rulesByObject = new Map<string, readonly AuthoredRule[]>()
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  for (let index = 0; index < OBJECTS; index++) {
    const name = `thing_${index}`
    const rules = Array.from({ length: 1 + generator.below(RULES) }, (_, at) => randomRule(generator, `rule_${at}`))
    rulesByObject.set(name, rules)
    const fields = Object.fromEntries(Object.entries(FIELDS).map(([field, type]) => [field, DECLARED[type]]))
    const object = { name, fields, validation: { rules: rules.map(({ body }) => body) } }
    writeFileSync(join(FOLDER, 'schemas', `${name}.object.json`), JSON.stringify(object, null, 2))
  }
  try {
    const { isOk, diagnostics } = await compile({ cwd: FOLDER })
    const told = diagnostics.filter(({ code }) => !/^link\/|^rule\/(?:always|never)/.test(code))
    expect(told.map(({ code, message }) => `${code} ${message}`)).toEqual([])
    expect(isOk).toBe(true)
    for (const { name, server, share, url } of SERVERS) {
      if (server && !isReachable(server)) {
        console.warn(`skipped: rules on ${name}`)
        continue
      }
      const scratch = server?.create('rules_differential')
      const { app, close } = await startedApp(join(FOLDER, 'generated'), { datasource: url(scratch?.name ?? ''), migrate: true } as never)
      try {
        const failures = await compareAll(app.objects as never, rulesByObject, Math.ceil(CASES * share), random(seed + 1))
        const shown = failures.toSorted((a, b) => a.length - b.length).slice(0, 3)
        expect(shown, `${failures.length} differences on ${name}, seed ${seed}\n${shown.join('\n\n')}`).toEqual([])
      } finally {
        await close()
        scratch?.drop()
      }
    }
  } finally {
    rmSync(FOLDER, { recursive: true, force: true })
  }
}, 1_200_000)

interface Api {
  create(input: object): Promise<Row & { '@warnings'?: readonly Verdict[] }>
  createMany(inputs: readonly object[]): Promise<readonly (Row & { '@warnings'?: readonly Verdict[] })[]>
  update(id: string, patch: object): Promise<Row & { '@warnings'?: readonly Verdict[] }>
  updateMany(where: object, patch: object, many: Told): Promise<number>
  upsert(input: object): Promise<Row & { '@warnings'?: readonly Verdict[] }>
  delete(id: string): Promise<void>
  deleteMany(where: object, many: Told): Promise<number>
}

interface Told {
  readonly warnings: (first: readonly Verdict[]) => void
}

type Random = ReturnType<typeof random>

async function compareAll(
  objects: Readonly<Record<string, Api>>,
  rulesByObject: ReadonlyMap<string, readonly AuthoredRule[]>,
  cases: number,
  generator: Random,
): Promise<string[]> {
  const failures: string[] = []
  let [refused, warned, accepted] = [0, 0, 0]
  const names = [...rulesByObject.keys()]
  const stored = new Map(names.map((name): [string, Map<string, Row>] => [name, new Map()]))
  for (let index = 0; index < cases; index++) {
    const name = names[index % names.length] as string
    const rules = rulesByObject.get(name) as readonly AuthoredRule[]
    const rows = stored.get(name) as Map<string, Row>
    const api = objects[name] as Api
    const write = randomWrite(generator, rows, `r${index}`)
    const wanted = expectation(rules, rows, write)
    const found = await outcomeOf(() => run(api, write))
    const same = ordered(found) === ordered(wanted.outcome)
    if (!same)
      failures.push(
        `${name} ${JSON.stringify(write)}\nrules ${JSON.stringify(rules.map(({ body }) => body))}\nfound ${JSON.stringify(found)}\nwanted ${JSON.stringify(wanted.outcome)}\nrows ${JSON.stringify(write.ids.map((id) => rows.get(id)))}`,
      )
    if (wanted.outcome.errors.length > 0) refused++
    else accepted++
    if (wanted.outcome.warnings.length > 0) warned++
    // What is stored from here on is what was written, also where the two differ.
    if (found.errors.length === 0) wanted.apply()
  }
  // A test that never sees a rule hold, break or warn proves nothing.
  expect(Math.min(refused, accepted) / cases).toBeGreaterThan(0.02)
  expect(warned).toBeGreaterThan(0)
  return failures
}

type Write = { readonly ids: readonly string[] } & (
  | { readonly kind: 'create' | 'upsert'; readonly input: Row }
  | { readonly kind: 'createMany'; readonly inputs: readonly Row[] }
  | { readonly kind: 'update' | 'updateMany'; readonly patch: Row }
  | { readonly kind: 'increase'; readonly field: string; readonly amount: number }
  | { readonly kind: 'delete' | 'deleteMany' }
)

function randomRow(generator: Random, chance: number): Row {
  const row: Row = {}
  for (const field of Object.keys(FIELDS) as FieldName[]) if (generator.chance(chance)) row[field] = randomValue(generator, field)
  return row
}

function randomWrite(generator: Random, rows: ReadonlyMap<string, Row>, fresh: string): Write {
  const ids = [...rows.keys()]
  const some = (): string[] => [...new Set([generator.pick(ids), generator.pick(ids)])].sort()
  const roll = ids.length < 2 ? generator.below(4) : generator.below(14)
  if (roll < 3) return { kind: 'create', ids: [fresh], input: { id: fresh, ...randomRow(generator, 0.7) } }
  if (roll === 3) {
    const inputs = Array.from({ length: 1 + generator.below(5) }, (_, at): Row => ({ id: `${fresh}_${at}`, ...randomRow(generator, 0.7) }))
    return { kind: 'createMany', ids: inputs.map(({ id }) => String(id)), inputs }
  }
  if (roll < 9) return { kind: 'update', ids: [generator.pick(ids)], patch: randomRow(generator, 0.25) }
  if (roll === 9) return { kind: 'updateMany', ids: some(), patch: { note: 'x', ...randomRow(generator, 0.2) } }
  if (roll === 10)
    return {
      kind: 'increase',
      ids: [generator.pick(ids)],
      field: generator.pick(['amount', 'limit']),
      amount: generator.pick([-10, 1, 50]),
    }
  if (roll === 11) {
    const id = generator.chance(0.5) ? generator.pick(ids) : fresh
    return { kind: 'upsert', ids: [id], input: { id, ...randomRow(generator, 0.4) } }
  }
  return roll === 12 ? { kind: 'delete', ids: [generator.pick(ids)] } : { kind: 'deleteMany', ids: some() }
}

interface Outcome {
  readonly errors: readonly Verdict[]
  readonly warnings: readonly Verdict[]
}

/** What has to happen, by the interpreter. */
function expectation(
  rules: readonly AuthoredRule[],
  rows: Map<string, Row>,
  write: Write,
): { readonly outcome: Outcome; readonly apply: () => void } {
  const isBulk = write.kind === 'createMany' || write.kind === 'updateMany' || write.kind === 'deleteMany'
  const errors: Verdict[] = []
  const warnings: Verdict[] = []
  const after = new Map<string, Row | undefined>()
  const looked = new Set(
    rules.flatMap(({ meaning }) =>
      meaning.isActive && meaning.on.includes('update') && meaning.check.kind !== 'transition' ? looksAt(meaning) : [],
    ),
  )
  const machines = rules.filter(({ meaning }) => meaning.check.kind === 'transition')
  const take = (at: string, found: ReturnType<typeof judge>): void => {
    errors.push(...found.errors.map((one) => ({ ...one, pointer: at + one.pointer })))
    warnings.push(...found.warnings.map((one) => ({ ...one, pointer: at + one.pointer })))
  }
  const create = (input: Row, at: string): void => {
    after.set(String(input['id']), input)
    take(at, judge(rules, { operation: 'create', record: input, isBulk }))
  }
  const change = (id: string, patch: Row): void => {
    const previous = rows.get(id) as Row
    const record = { ...previous, ...patch }
    after.set(id, record)
    // State machines are looked at by themselves.
    const meant = Object.keys(patch).some((field) => looked.has(field)) ? rules : machines
    take('', judge(meant, { operation: 'update', record, previous, isBulk }))
  }
  if (write.kind === 'create') create(write.input, '')
  else if (write.kind === 'createMany') for (const [at, input] of write.inputs.entries()) create(input, `/${at}`)
  else if (write.kind === 'upsert') {
    const { id, ...rest } = write.input
    if (rows.has(String(id))) change(String(id), rest)
    else create(write.input, '')
  } else if (write.kind === 'delete' || write.kind === 'deleteMany')
    for (const id of write.ids) {
      after.set(id, undefined)
      take('', judge(rules, { operation: 'delete', record: rows.get(id) as Row, previous: rows.get(id) as Row, isBulk }))
    }
  else
    for (const id of write.ids) {
      if (write.kind === 'increase') change(id, { [write.field]: Number(rows.get(id)?.[write.field] ?? 0) + write.amount })
      else if ('patch' in write) change(id, write.patch)
    }
  const unique = [...new Map(errors.map((one) => [JSON.stringify(one), one])).values()]
  const tells = write.kind !== 'delete'
  return {
    outcome: { errors: unique, warnings: unique.length === 0 && tells ? warnings : [] },
    apply() {
      for (const [id, row] of after) {
        if (row) rows.set(id, row)
        else rows.delete(id)
      }
    },
  }
}

async function run(api: Api, write: Write): Promise<readonly Verdict[]> {
  const [id = ''] = write.ids
  const where = { id: { $in: write.ids } }
  let told: readonly Verdict[] = []
  const warnings = (first: readonly Verdict[]): void => {
    told = first
  }
  switch (write.kind) {
    case 'create':
      return (await api.create(write.input))['@warnings'] ?? []
    case 'upsert':
      return (await api.upsert(write.input))['@warnings'] ?? []
    case 'createMany':
      return (await api.createMany(write.inputs)).flatMap((record) => record['@warnings'] ?? [])
    case 'update':
      return (await api.update(id, write.patch))['@warnings'] ?? []
    case 'increase':
      return (await api.update(id, { [write.field]: { $inc: write.amount } }))['@warnings'] ?? []
    case 'updateMany':
      await api.updateMany(where, write.patch, { warnings })
      return told
    case 'delete':
      await api.delete(id)
      return []
    default:
      await api.deleteMany(where, { warnings })
      return told
  }
}

/** Several records of one write are looked at in the order in which the database gives them. */
const ordered = ({ errors, warnings }: Outcome): string => JSON.stringify([errors, warnings.map((one) => JSON.stringify(one)).sort()])

const plain = ({ code, pointer, message }: Verdict): Verdict => ({ code, pointer, message })

async function outcomeOf(work: () => Promise<readonly Verdict[]>): Promise<Outcome> {
  try {
    return { errors: [], warnings: (await work()).map(plain) }
  } catch (error) {
    if (!(error instanceof ObjectQLError) || error.status !== 422) throw error
    return { errors: (error.errors as readonly Verdict[]).map(plain), warnings: [] }
  }
}
