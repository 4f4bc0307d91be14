import { expect, test } from 'vitest'
import { lowerExpression } from '../../compiler/expression/lower.ts'
import { printTypeScript } from '../../compiler/expression/print-typescript.ts'
import { recognise } from '../../compiler/expression/recognise.ts'
import type { ExpressionField, ExpressionSchema } from '../../compiler/expression/schema.ts'
import type { Dialect } from '../../compiler/expression/syntax.ts'
import type { FieldIr } from '../../compiler/ir/object.ts'
import * as functions from '../../runtime-lite/expression/functions.ts'
import type { ObjectPlan } from '../../runtime-lite/object/object-plan.ts'
import type { Expression } from '../../runtime-lite/query/ast.ts'
import { EMPTY_QUERY } from '../../runtime-lite/query/empty-query.ts'
import { answer, fill, NOW, plannerOf } from '../support/language/answer.ts'
import { compiledWorld, sqliteEngine } from '../support/language/engines.ts'
import { evaluate } from '../support/language/interpret.ts'
import { remoteEngines } from '../support/language/remote-engines.ts'
import { OBJECTS, type Row, randomRows, type World } from '../support/language/world.ts'
import { random, testSeed } from '../support/random.ts'
import { KINDS, randomExpression, randomMatch } from '../support/random-expression.ts'

const CASES = Number(process.env['OBJECTQL_CASES'] ?? 10_000)
const ROWS = 25

const OBJECT_BY_NAME = new Map(OBJECTS.map((object) => [object.name, object]))

const expressionField = (field: FieldIr): ExpressionField => {
  const { kind } = field.value
  const type = field.isList
    ? 'list'
    : kind === 'string' || kind === 'id'
      ? 'text'
      : kind === 'option'
        ? (field.value as { readonly base: string }).base === 'number'
          ? 'number'
          : 'text'
        : kind === 'number' || kind === 'boolean' || kind === 'date' || kind === 'datetime' || kind === 'time'
          ? kind
          : 'structure'
  return { type, ...(field.reference?.object && !field.isList ? { target: field.reference.object } : {}) }
}

const SCHEMA: ExpressionSchema = {
  object: 'company',
  field(object, name) {
    const field = OBJECT_BY_NAME.get(object)?.fields.find((one) => one.name === name)
    return field && expressionField(field)
  },
  fieldNames: (object) => OBJECT_BY_NAME.get(object)!.fields.map(({ name }) => name),
  roots: new Set(['record'] as const),
  isBlankZero: false,
}

const DIALECTS: readonly Dialect[] = ['spreadsheet', 'cel', 'javascript']
const now = new Date(NOW).toISOString()

/** Generated TypeScript, the interpreter and every database that answers, over random expressions and data. */
test('an expression is the same in TypeScript, in the interpreter and in the database', async () => {
  const seed = testSeed()
  console.log(`expressions: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${CASES}`)
  const generator = random(seed)
  const compiled = await compiledWorld(OBJECTS)
  const remote = await remoteEngines(compiled, 'expressions')
  const failures: string[] = []
  let [done, values] = [0, 0]
  try {
    while (done < CASES) {
      const rows = randomRows(generator, ROWS)
      const stamps = { created_at: now, updated_at: now }
      for (const list of rows.values()) for (const row of list) Object.assign(row, stamps)
      const world: World = { objects: OBJECT_BY_NAME, rows }
      const embedded = sqliteEngine(compiled)
      const engines = [embedded, ...remote]
      for (const engine of remote) engine.reset()
      for (const engine of engines) await fill(engine, compiled, world)
      for (let index = 0; index < 200 && done < CASES; index++, done += ROWS) {
        const dialect = generator.pick(DIALECTS)
        // Patterns get their share: databases have engines of their own for them.
        const isMatch = index % 4 === 0
        const kind = isMatch ? 'boolean' : generator.pick(KINDS)
        const source = isMatch
          ? randomMatch(generator, dialect, dialect === 'cel' ? 'record.name' : 'name')
          : randomExpression(generator, dialect, kind)
        const { typed } = recognise({ source, dialect }, SCHEMA)
        const expression = lowerExpression(typed)
        const text = printTypeScript(typed, { record: 'record', now: 'now', isNew: 'false', helper: (name) => `f.${name}` })
        const compute = new Function('record', 'now', 'f', `return ${text}`) as (...args: unknown[]) => unknown
        const expected = new Map(
          rows
            .get('company')!
            .map((row) => [row['id'], evaluate(expression, { world, values: [], now, object: OBJECT_BY_NAME.get('company')!, row })]),
        )
        // What leaves the range of doubles is an error in databases.
        if ([...expected.values()].some((value) => typeof value === 'number' && (!Number.isFinite(value) || Math.abs(value) > 1e14)))
          continue
        const judge = (name: string, row: Row, found: unknown): void => {
          const wanted = expected.get(row['id'])
          if (wanted !== null) values++
          if (!isAlike(found ?? null, wanted ?? null))
            failures.push(`${name}: ${source}\n${JSON.stringify(row)}\n${String(found)} for ${String(wanted)}`)
        }
        for (const row of rows.get('company')!) judge('TypeScript', row, compute(expanded(row, rows), now, functions))
        const plan = compiled.plans.get('company')!
        const changed = new Map([...compiled.plans, ['company', withFormula(plan, kind, expression)]])
        for (const engine of engines) {
          const found = await answer(
            engine,
            plannerOf(engine, { ...compiled, plans: changed }),
            { ...compiled, plans: changed },
            'company',
            {
              ...EMPTY_QUERY,
              select: ['id', 'formula'],
            },
            [],
          ).catch((error: Error) => error)
          if (found instanceof Error) failures.push(`${engine.name}: ${source}\n${found.message} ${String(found.cause ?? '')}`)
          else for (const row of found.items) judge(engine.name, row, row['formula'])
        }
      }
      await embedded.close()
    }
  } finally {
    for (const engine of remote) await engine.close()
  }
  const shown = failures.toSorted((a, b) => a.length - b.length).slice(0, 5)
  expect(shown, `${failures.length} differences, seed ${seed}\n${shown.join('\n\n')}`).toEqual([])
  expect(values).toBeGreaterThan(done / 2)
}, 1_200_000)

const withFormula = (plan: ObjectPlan, kind: string, formula: Expression): ObjectPlan => ({
  ...plan,
  fields: { ...plan.fields, formula: { kind: kind === 'number' ? 'real' : (kind as 'text'), formula } },
})

/** Records in place of the ids of lookups, as they stand where a relation was expanded. */
function expanded(row: Row, rows: World['rows']): Row {
  // What was deleted is in nobody's sight.
  const seen = rows.get('region')!.filter((one) => (one['deleted_at'] ?? null) === null)
  const region = seen.find(({ id }) => id === row['region'])
  const parent = region && seen.find(({ id }) => id === region['parent'])
  return { ...row, region: region ? { ...region, parent: parent ?? region['parent'] } : row['region'] }
}

function isAlike(found: unknown, wanted: unknown): boolean {
  if (typeof found !== 'number' || typeof wanted !== 'number') return found === wanted
  return Math.abs(found - wanted) <= 1e-9 * Math.max(1, Math.abs(found), Math.abs(wanted))
}
