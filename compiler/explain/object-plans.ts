import type { ObjectPlan } from '../../runtime-lite/object/object-plan.ts'
import { fieldPlan } from '../6-emit/plans/field-plan.ts'
import { indexPlans } from '../6-emit/plans/index-plans.ts'
import { planConstants, quotedTable } from '../6-emit/plans/plan-constants.ts'
import type { AppIr, ObjectIr } from '../ir/object.ts'

/** What a query needs to know about an object: its plan without what writes. */
export type ReadPlan = ObjectPlan

/** The plans that a compile would write, by the names of the objects. */
export function objectPlans({ objects }: AppIr): ReadonlyMap<string, ReadPlan> {
  const names = new Set(objects.map(({ name }) => name))
  return new Map(objects.map((object) => [object.name, readPlan(object, names)]))
}

function readPlan(object: ObjectIr, names: ReadonlySet<string>): ReadPlan {
  const { name, label, table, children, searchable, methods } = object
  const stored = object.fields.filter(({ column }) => column !== undefined)
  const fields = Object.fromEntries(stored.map((field) => [field.name, withoutUndefined(fieldPlan(field, names))]))
  return {
    name,
    label,
    table: quotedTable(table),
    fields: fields as ObjectPlan['fields'],
    ...planConstants(object),
    insertValues: writesNothing,
    validateCreate: writesNothing,
    validateUpdate: writesNothing,
    uniqueKeys: [],
    references: {},
    methods,
    children: Object.fromEntries(children.map((child) => [child.name, { object: child.object, field: child.field }])),
    indexes: indexPlans(object, names),
    searchable,
  }
}

const withoutUndefined = (value: object): object => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined))

function writesNothing(): never {
  throw new Error('A plan that explains queries writes nothing.')
}
