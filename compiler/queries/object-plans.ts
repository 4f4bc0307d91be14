import type { FieldPlan, ObjectPlan } from '../../runtime-lite/object/object-plan.ts'
import type { LoadedPlan } from '../../runtime-lite/query/bind/bind-scope.ts'
import { fieldPlan } from '../6-emit/plans/field-plan.ts'
import { indexPlans } from '../6-emit/plans/index-plans.ts'
import { deletedColumn, isInPlan, planConstants, quotedTable } from '../6-emit/plans/plan-constants.ts'
import type { AppIr, ObjectIr } from '../ir/object.ts'

/** The objects of an app as queries see them: what `plans/` will hold, each made when it is asked for. */
export function objectPlans({ objects }: AppIr): LoadedPlan {
  const objectByName = new Map(objects.map((object) => [object.name, object]))
  const planByName = new Map<string, ObjectPlan>()
  return (name) => {
    const known = planByName.get(name)
    const object = objectByName.get(name)
    if (known !== undefined || object === undefined) return known
    const plan = objectPlan(object, objectByName)
    planByName.set(name, plan)
    return plan
  }
}

function objectPlan(object: ObjectIr, objectByName: ReadonlyMap<string, ObjectIr>): ObjectPlan {
  const stored = object.fields.filter(isInPlan)
  const indexes = indexPlans(object, objectByName)
  return {
    name: object.name,
    label: object.label,
    table: quotedTable(object.table),
    fields: Object.fromEntries(stored.map((field) => [field.name, withoutAbsent(fieldPlan(field, objectByName)) as FieldPlan])),
    ...planConstants(object),
    insertValues: refuseWrites,
    validateCreate: refuseWrites,
    validateUpdate: refuseWrites,
    uniqueKeys: [],
    references: {},
    methods: object.methods,
    children: Object.fromEntries(object.children.map(({ name, object: child, field }) => [name, { object: child, field }])),
    ...(indexes.length > 0 ? { indexes } : {}),
    // What is deleted is left out of every statement.
    ...(object.trash ? { trash: { column: deletedColumn(object) } } : {}),
    ...(object.searchable.length > 0 ? { searchable: object.searchable } : {}),
  }
}

/** A generated plan has no members without a value. */
const withoutAbsent = (plan: object): object => Object.fromEntries(Object.entries(plan).filter(([, value]) => value !== undefined))

const refuseWrites = (): never => {
  throw new Error('Nothing is written while compiling.')
}
