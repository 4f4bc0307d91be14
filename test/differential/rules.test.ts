import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../../compiler/index.ts'
import { isReachable, mysql, postgres } from '../support/database-servers.ts'
import { random, testSeed } from '../support/random.ts'
import { expectMixedWrite, type RuledState } from '../support/rules/expect-mixed-write.ts'
import type { Verdict, Verdicts } from '../support/rules/interpret-rules.ts'
import { randomMixedWrite } from '../support/rules/random-mixed-write.ts'
import { KEEPER, type RuledObject, randomRuledObject } from '../support/rules/random-ruled-object.ts'
import { KEEPERS } from '../support/rules/random-rules.ts'
import type { Row } from '../support/rules/rule-world.ts'
import { type Api, outcomeOf } from '../support/rules/run-write.ts'
import { type RunningApp, startedApp } from '../support/running-app.ts'

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 10_000)
const OBJECTS = 24
const FOLDER = join(import.meta.dirname, '..', '..', 'tmp', `rules-differential-${process.pid}`)

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

/** Compiled rules and a slow reader of what their authors meant, over random rules of every kind, records and sequences of writes. */
test('rules say the same as their interpreter', async () => {
  const seed = testSeed()
  console.log(`rules: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${CASES}`)
  const generator = random(seed)
  const made = Array.from({ length: OBJECTS }, (_, index) => randomRuledObject(generator, index))
  mkdirSync(join(FOLDER, 'schemas'), { recursive: true })
  writeFileSync(join(FOLDER, 'objectql.config.json'), '{ "dialects": ["sqlite", "postgres", "mysql"] }\n')
  for (const [path, body] of [['schemas/keeper.object.json', KEEPER] as const, ...made.flatMap(({ files }) => Object.entries(files))])
    writeFileSync(join(FOLDER, path), JSON.stringify(body, null, 2))
  try {
    const { isOk, diagnostics } = await compile({ cwd: FOLDER })
    // What refers to itself for the same value has no answer.
    const circular = diagnostics.filter(({ message }) => message.includes('refers to itself'))
    const told = diagnostics.filter((one) => !circular.includes(one) && !/^link\/|^rule\/(?:always|never)/.test(one.code))
    expect(told.map(({ code, message }) => `${code} ${message}`)).toEqual([])
    expect(isOk).toBe(true)
    const objects = made.map((object): RuledObject => {
      const isCircular = (name: string): boolean =>
        circular.some(({ message, span }) => message.includes(`"${name}"`) && span.path.includes(`/${object.name}.`))
      return { ...object, rules: object.rules.filter(({ name }) => !isCircular(name)) }
    })
    for (const { name, server, share, url } of SERVERS) {
      if (server && !isReachable(server)) {
        console.warn(`skipped: rules on ${name}`)
        continue
      }
      const scratch = server?.create('rules_differential')
      const running = await startedApp(join(FOLDER, 'generated'), { datasource: url(scratch?.name ?? ''), migrate: true } as never)
      try {
        const failures = await compareAll(running, objects, Math.ceil(CASES * share), random(seed + 1))
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

type Random = ReturnType<typeof random>

const REGIONS = ['north', 'AB', 'a', 'x y', null]
const RANKS = [0, 1, 2.5, 10, 100, null]

function randomKeeper(generator: Random): Row {
  const since = generator.pick(['2024-01-01', '2024-02-29', '1999-12-31', null])
  return { region: generator.pick(REGIONS), rank: generator.pick(RANKS), is_on: generator.pick([true, false, null]), since }
}

async function compareAll({ app, core }: RunningApp, objects: readonly RuledObject[], cases: number, generator: Random): Promise<string[]> {
  const apis = app.objects as unknown as Readonly<Record<string, Api>>
  const failures: string[] = []
  let [refused, warned, accepted] = [0, 0, 0]
  const keepers = new Map<string, Row>()
  for (const [index, id] of KEEPERS.entries()) {
    const keeper = { ...randomKeeper(generator), boss: index === 0 ? null : generator.pick([...keepers.keys(), null]) }
    keepers.set(id, keeper)
    await apis['keeper']?.create({ id, ...keeper })
  }
  const states = objects.map((): RuledState => ({ rows: new Map(), trashed: new Map(), slips: new Map(), keepers }))
  const indexes = await Promise.all(objects.map(({ name }) => indexedRules(core, name)))
  for (let index = 0; index < cases; index++) {
    const at = index % objects.length
    const [object, state, indexed] = [objects[at] as RuledObject, states[at] as RuledState, indexes[at] as ReadonlySet<string>]
    await changeAround(apis, object, state, generator, index, index === Math.ceil(cases / 2))
    const write = randomMixedWrite(generator, state, `r${index}`)
    const wanted = expectMixedWrite(object, state, write, indexed)
    const found = await outcomeOf(apis[object.name] as Api, write)
    const schemas = new Set(object.rules.flatMap(({ meaning }) => (meaning.check.kind === 'schema' ? [meaning.code] : [])))
    const [a, b] = [comparable(found, schemas), comparable(wanted.outcome, schemas)]
    if (a !== b) {
      const named = object.rules.filter(({ meaning }) => [a, b].some((text) => text.includes(`\\"${meaning.code}\\"`)))
      const shown = {
        ...{ write, rules: named, indexed: [...indexed], rows: write.ids.map((id) => state.rows.get(id) ?? state.trashed.get(id)) },
        keepers: [...keepers],
      }
      failures.push(`${object.name} found ${a}\nwanted ${b}\n${JSON.stringify(shown)}`)
    }
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

async function indexedRules(core: RunningApp['core'], name: string): Promise<ReadonlySet<string>> {
  const { plan } = await core.store(name)
  return new Set((plan.rules?.plan.unique ?? []).flatMap(({ rule, index }) => (index === undefined ? [] : [rule.code])))
}

/** What others do meanwhile: keepers change, one goes into the trash, slips come and are done. */
async function changeAround(
  apis: Readonly<Record<string, Api>>,
  { number }: RuledObject,
  { rows, slips, keepers }: RuledState,
  generator: Random,
  index: number,
  isHalfway: boolean,
): Promise<void> {
  const others = keepers as Map<string, Row>
  if (isHalfway) {
    await apis['keeper']?.delete('k4')
    others.delete('k4')
  }
  if (generator.chance(0.05)) {
    const id = generator.pick([...keepers.keys()])
    const patch = randomKeeper(generator)
    await apis['keeper']?.update(id, patch)
    others.set(id, { ...keepers.get(id), ...patch })
  }
  const [thing] = rows.size > 0 && generator.chance(0.1) ? [generator.pick([...rows.keys()])] : []
  if (thing === undefined) return
  const [id, slip] = [`s${index}`, { thing, done: generator.chance(0.5) }]
  await apis[`slip_${number}`]?.create({ id, ...slip })
  slips.set(id, slip)
}

/** Each place of a structure is an issue of its own: here the field is. Several records of one write are looked at in the order in which the database gives them. */
function comparable({ errors, warnings }: Verdicts, schemas: ReadonlySet<string>): string {
  const once = (all: readonly Verdict[]): readonly string[] => {
    const texts = all.map((one) => {
      const isSchema = schemas.has(one.code)
      const text = JSON.stringify(isSchema ? { ...one, pointer: one.pointer.replace(/\/settings\/.*$/, '/settings') } : one)
      return { text, isSchema }
    })
    return texts
      .filter(({ text, isSchema }, at) => !isSchema || texts.findIndex((other) => other.text === text) === at)
      .map(({ text }) => text)
  }
  return JSON.stringify([once(errors), [...once(warnings)].sort()])
}
