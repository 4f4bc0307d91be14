import type { ActionSyntax, HookSyntax, RuleSyntax, ValidatorSyntax } from '../2-parse/syntax.ts'
import type { LinkContext } from './context.ts'
import { createFieldIndex, type FieldIndex } from './field-index.ts'
import { linkField } from './link-field.ts'
import { linkIndexes } from './link-indexes.ts'
import { linkNameField } from './link-name-field.ts'
import { mergeActions, mergeByName } from './merge-parts.ts'
import type { LinkedObject, MergedObject } from './model.ts'

/** What other files add to an object. */
export interface Attachments {
  readonly rules: readonly RuleSyntax[]
  readonly actions: readonly ActionSyntax[]
  readonly hooks: readonly HookSyntax[]
  readonly validators: readonly ValidatorSyntax[]
}

export const NO_ATTACHMENTS: Attachments = { rules: [], actions: [], hooks: [], validators: [] }

/** An object with everything in it resolved, and the index of its fields. */
export function linkObject(
  merged: MergedObject,
  attachments: Attachments,
  context: LinkContext,
): { readonly object: LinkedObject; readonly fields: FieldIndex } {
  const name = merged.name.value
  const fields = merged.fields.map((field) => linkField(field, name, context))
  const fieldIndex = createFieldIndex(name, fields)
  const nameField = linkNameField(merged.attributes, fieldIndex, context.report)
  const actions = mergeActions([merged.actions, attachments.actions])
  const object: LinkedObject = {
    name,
    ...(merged.package === undefined ? {} : { package: merged.package }),
    attributes: merged.attributes,
    fields,
    indexes: linkIndexes(merged.indexes, fieldIndex, context.report),
    actions: actions.map((action) => ({ ...action, params: action.params.map((param) => linkField(param, name, context)) })),
    queries: merged.queries.map((query) => ({ ...query, params: query.params.map((param) => linkField(param, name, context)) })),
    rules: mergeByName([merged.rules, attachments.rules]),
    hooks: attachments.hooks,
    ...(attachments.validators.length === 0 ? {} : { validators: attachments.validators }),
    ...(nameField === undefined ? {} : { nameField }),
    span: merged.name.span,
  }
  return { object, fields: fieldIndex }
}
