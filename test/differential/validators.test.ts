import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { random, testSeed } from '../support/random.ts'
import { expectation } from '../support/rules/expect-write.ts'
import { holds, type Row } from '../support/rules/interpret-rules.ts'
import { randomRule } from '../support/rules/random-rule.ts'
import { type AuthoredRule, FIELDS } from '../support/rules/random-rules.ts'
import { randomWrite } from '../support/rules/random-write.ts'
import { type Api, type Outcome, ordered, outcomeOf } from '../support/rules/run-write.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'
import { mysqlUrl, postgresUrl } from '../support/sources.ts'
import { interrogate, MOST, WORDS } from '../support/validators/interpret-validators.ts'
import { type AskedMeaning, type AskedRule, randomAskedRule } from '../support/validators/random-asked-rule.ts'

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 4_000)
const OBJECTS = 16
const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `validators-differential-${process.pid}`)

const DECLARED: Readonly<Record<string, object>> = {
  text: { type: 'text' },
  state: { type: 'select', options: ['draft', 'open', 'done', 'gone'] },
  number: { type: 'number' },
  date: { type: 'date' },
  boolean: { type: 'boolean' },
}

interface Authored {
  readonly rules: readonly AuthoredRule[]
  readonly asked: readonly AskedRule[]
}

const SERVERS = [
  { name: 'SQLite', server: undefined, share: 1, url: () => ':memory:' },
  { name: 'PostgreSQL', server: postgres, share: 0.1, url: (name: string) => postgresUrl({ name }) },
  { name: 'MariaDB', server: mysql, share: 0.1, url: (name: string) => mysqlUrl({ name }) },
]

/** Compiled rules, of which some ask functions and addresses, and a slow reader of what their authors meant. */
test('rules that ask say the same as their interpreter, and ask the same', async () => {
  const seed = testSeed()
  console.log(`validators: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${CASES}`)
  const generator = random(seed)
  const authored = new Map<string, Authored>()
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  for (let index = 0; index < OBJECTS; index++) {
    const name = `thing_${index}`
    const rules = Array.from({ length: generator.below(3) }, (_, at) => randomRule(generator, `rule_${at}`))
    const asked = Array.from({ length: 1 + generator.below(4) }, (_, at) =>
      randomAskedRule(generator, `asked_${at}`, generator.chance(0.3) ? `https://rules.example/${name}` : `of_${name}_${at}`),
    )
    authored.set(name, { rules, asked })
    const fields = Object.fromEntries(Object.entries(FIELDS).map(([field, type]) => [field, DECLARED[type]]))
    const object = { name, fields, validation: { rules: [...rules, ...asked].map(({ body }) => body) } }
    writeFileSync(join(FOLDER, 'schemas', `${name}.object.json`), JSON.stringify(object, null, 2))
  }
  try {
    const { isOk, diagnostics } = await compile({ cwd: FOLDER })
    const told = diagnostics.filter(({ code }) => !/^link\/|^rule\/(?:always|never|registered)/.test(code))
    expect(told.map(({ code, message }) => `${code} ${message}`)).toEqual([])
    expect(isOk).toBe(true)
    for (const { name, server, share, url } of SERVERS) {
      if (server && !isReachable(server)) {
        console.warn(`skipped: rules that ask on ${name}`)
        continue
      }
      const scratch = server?.create('validators_differential')
      const asked: string[] = []
      const running = await startedApp(join(FOLDER, 'generated'), {
        datasource: url(scratch?.name ?? ''),
        migrate: true,
        validators: { fetch: async (_url, { body }) => Response.json(answered(authored, JSON.parse(String(body)), asked)) },
      })
      register(running, authored, asked)
      try {
        const failures = await compareAll(running.app.objects as never, authored, asked, Math.ceil(CASES * share), random(seed + 1))
        const shown = failures.toSorted((a, b) => a.length - b.length).slice(0, 3)
        expect(shown, `${failures.length} differences on ${name}, seed ${seed}\n${shown.join('\n\n')}`).toEqual([])
      } finally {
        await running.close()
        scratch?.drop()
      }
    }
  } finally {
    rmSync(FOLDER, { recursive: true, force: true })
  }
}, 1_200_000)

/** What a validator is told, by a call or over the network. */
interface Told {
  readonly object: string
  readonly rule: string
  readonly operation: 'create' | 'update' | 'delete'
  readonly record: object
  readonly previous?: object | null | undefined
}

/** What the author of a rule would answer. */
function answered(authored: ReadonlyMap<string, Authored>, { object, rule, operation, record, previous }: Told, asked: string[]): unknown {
  const meant = authored.get(object)?.asked.find((one) => one.meaning.name === rule)
  if (!meant) throw new Error(`Nobody wrote the rule "${rule}".`)
  const { right, saying } = meant.meaning
  const write = { operation, record: record as Row, ...(previous ? { previous: previous as Row } : {}), isBulk: false }
  asked.push(`${rule} ${String(write.record['id'])}`)
  return holds(right, write) ? { valid: true } : SAYS[saying]()
}

const SAYS: Readonly<Record<AskedMeaning['saying'], () => unknown>> = {
  false: () => false,
  text: () => WORDS,
  params: () => ({ valid: false, params: { most: MOST } }),
  throws: () => {
    throw new Error(WORDS)
  },
}

function register({ app }: RunningApp, authored: ReadonlyMap<string, Authored>, asked: string[]): void {
  for (const [name, { asked: rules }] of authored)
    for (let at = 0; at < rules.length; at++)
      app.registerValidator(`of_${name}_${at}`, async (context) => {
        // Some answer later than others, whatever their order.
        if (at % 2 === 0) await new Promise((resolve) => setImmediate(resolve))
        return answered(authored, context, asked)
      })
}

async function compareAll(
  objects: Readonly<Record<string, Api>>,
  authored: ReadonlyMap<string, Authored>,
  asked: string[],
  cases: number,
  generator: ReturnType<typeof random>,
): Promise<string[]> {
  const failures: string[] = []
  let [refused, warned, accepted, questions] = [0, 0, 0, 0]
  const names = [...authored.keys()]
  const stored = new Map(names.map((name): [string, Map<string, Row>] => [name, new Map()]))
  for (let index = 0; index < cases; index++) {
    const name = names[index % names.length] as string
    const { rules, asked: askedRules } = authored.get(name) as Authored
    const rows = stored.get(name) as Map<string, Row>
    const write = randomWrite(generator, rows, `r${index}`)
    const { outcome: first, seen, tells, apply } = expectation(rules, rows, write)
    // Nobody is asked about what is wrong by itself.
    const later =
      first.errors.length > 0
        ? { asked: [], errors: [], warnings: [] }
        : interrogate(
            askedRules.map(({ meaning }) => meaning),
            seen,
          )
    const errors = [...first.errors, ...new Map(later.errors.map((one) => [JSON.stringify(one), one])).values()]
    const wanted: Outcome = { errors, warnings: errors.length === 0 && tells ? [...first.warnings, ...later.warnings] : [] }
    asked.splice(0)
    const found = await outcomeOf(objects[name] as Api, write)
    const isSame = ordered(found) === ordered(wanted) && JSON.stringify(asked.toSorted()) === JSON.stringify(later.asked.toSorted())
    if (!isSame)
      failures.push(
        `${name} ${JSON.stringify(write)}\nrules ${JSON.stringify([...rules, ...askedRules].map(({ body }) => body))}\nfound ${JSON.stringify(found)}\nwanted ${JSON.stringify(wanted)}\nasked ${asked.join()}\nwanted ${later.asked.join()}\nrows ${JSON.stringify(write.ids.map((id) => rows.get(id)))}`,
      )
    questions += later.asked.length
    if (later.errors.length > 0) refused++
    else if (errors.length === 0 && later.asked.length > 0) accepted++
    if (later.warnings.length > 0) warned++
    // What is stored from here on is what was written, also where the two differ.
    if (found.errors.length === 0) apply()
  }
  // A test in which nobody is asked, refuses or warns proves nothing.
  expect(Math.min(refused, accepted) / cases).toBeGreaterThan(0.02)
  expect(questions).toBeGreaterThan(cases / 4)
  expect(warned).toBeGreaterThan(0)
  return failures
}
