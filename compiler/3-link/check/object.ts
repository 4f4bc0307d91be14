import type { FieldIndex } from '../field-index.ts'
import type { LinkedField, LinkedObject } from '../model.ts'
import type { Report } from '../report.ts'
import { checkApiMethods } from './api-methods.ts'
import { checkDefaultRange } from './default-range.ts'
import { checkDeleteBehavior } from './delete-behavior.ts'
import { checkFieldNames } from './field-names.ts'
import { checkImplicitFields } from './implicit-field.ts'
import { checkLimits } from './limits.ts'
import { checkPattern } from './pattern.ts'
import { checkQueryNames } from './query-names.ts'
import { checkRuleFields } from './rule-fields.ts'
import { checkSearchableFields } from './searchable-fields.ts'
import { checkStateMachine } from './state-machine.ts'
import { checkUniqueField } from './unique-field.ts'

type FieldRule = (field: LinkedField, report: Report) => void

const FIELD_RULES: readonly FieldRule[] = [checkLimits, checkPattern, checkDefaultRange, checkUniqueField, checkDeleteBehavior]

/** Every rule that looks at one object. */
export function checkObject(object: LinkedObject, fields: FieldIndex, report: Report): void {
  checkFieldNames(object, report)
  checkImplicitFields(object, report)
  checkApiMethods(object, report)
  checkQueryNames(object, report)
  checkSearchableFields(object, fields, report)
  for (const field of [...object.fields, ...[...object.actions, ...object.queries].flatMap(({ params }) => params)]) {
    for (const check of FIELD_RULES) check(field, report)
  }
  for (const rule of object.rules) {
    checkRuleFields(rule, fields, report)
    checkStateMachine(rule, fields, report)
  }
}
