import { expect, test } from 'vitest'
import { fieldPlan } from '../../../../compiler/6-emit/plans/field-plan.ts'
import { countText, readableFields, selectJson } from '../../../../compiler/6-emit/sql/statements.ts'
import type { ObjectIr } from '../../../../compiler/ir/object.ts'
import type { ObjectPlan } from '../../../../runtime-lite/object/object-plan.ts'
import { quoteName } from '../../../../runtime-lite/query/names.ts'
import { planCount } from '../../../../runtime-lite/query/plan-query.ts'
import { recordJson } from '../../../../runtime-lite/query/record-json.ts'
import { testSeed } from '../../../support/random.ts'
import { randomApp } from '../../../support/random-ir.ts'

/** What queries see of an object, as the compiler prints it. */
function planOf(object: ObjectIr, names: ReadonlySet<string>): ObjectPlan {
  const stored = object.fields.filter((field) => field.column !== undefined)
  const fields = Object.fromEntries(stored.map((field) => [field.name, JSON.parse(JSON.stringify(fieldPlan(field, names)))]))
  return { name: object.name, table: quoteName(object.table), json: '', fields } as unknown as ObjectPlan
}

test('SQL printed per request and SQL printed at compile time are the same text', () => {
  const seed = testSeed()
  console.log(`record-json: OBJECTQL_SEED=${seed}`)
  for (let round = 0; round < 40; round++) {
    const app = randomApp(seed + round, { hostile: round % 2 === 0 })
    const names = new Set(app.objects.map(({ name }) => name))
    for (const object of app.objects) {
      const plan = planOf(object, names)
      const readable = readableFields(object).map(({ name }) => name)
      expect(recordJson(plan, readable, [], () => undefined)).toBe(selectJson(object))
      expect(planCount({ orderBy: [], expand: [], withTotal: false }, plan).sql).toBe(countText(object))
    }
  }
})
