import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { random, testSeed } from '../support/random.ts'
import { expectation } from '../support/rules/expect-write.ts'
import type { Row } from '../support/rules/interpret-rules.ts'
import { randomRule } from '../support/rules/random-rule.ts'
import { type AuthoredRule, FIELDS } from '../support/rules/random-rules.ts'
import { randomWrite } from '../support/rules/random-write.ts'
import { type Api, ordered, outcomeOf } from '../support/rules/run-write.ts'
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
    const found = await outcomeOf(api, write)
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
