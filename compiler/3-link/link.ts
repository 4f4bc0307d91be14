import type { Syntax } from '../2-parse/syntax.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { sortDiagnostics } from '../diagnostics/sort-diagnostics.ts'
import { checkNotEnforced } from './check/not-enforced.ts'
import { checkObject } from './check/object.ts'
import { checkObjectNames } from './check/object-names.ts'
import { checkPermissionFields } from './check/permission-fields.ts'
import { checkSeedValues } from './check/seed-values.ts'
import { withoutSummaryCycles } from './check/summary-cycles.ts'
import { collectAttachments } from './collect-attachments.ts'
import { compareSpan, compareText } from './compare.ts'
import { createExternalReferences } from './external-references.ts'
import type { FieldIndex } from './field-index.ts'
import { linkChildren } from './link-children.ts'
import { linkConfigSchemas } from './link-config-schemas.ts'
import { linkDocuments } from './link-documents.ts'
import { linkObject, NO_ATTACHMENTS } from './link-object.ts'
import { linkSeed } from './link-seed.ts'
import { linkSummary } from './link-summary.ts'
import { mergeObjects } from './merge-objects.ts'
import type { LinkedField, LinkedObject, LinkedPlugin, Model } from './model.ts'
import { createObjectIndex } from './object-index.ts'

/**
 * Resolves every name across files: same-named objects become one, fields get their types, relations their objects, and rules,
 * hooks, actions, permissions and seeds the object they belong to. Reports all problems it finds; the model is complete only when
 * none is an error.
 */
export function link(syntax: Syntax): { readonly model: Model; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)

  const merged = mergeObjects(syntax.objects, report)
  const objects = createObjectIndex(merged)
  const attachments = collectAttachments(syntax, objects, report)
  const external = createExternalReferences()
  const linked = merged.map((object) =>
    linkObject(object, attachments.get(object.name.value) ?? NO_ATTACHMENTS, { objects, external, report }),
  )
  external.reportAll(objects, report)

  const fieldIndexByObject = new Map(linked.map(({ fields }) => [fields.object, fields]))
  const fieldsOf = (object: string): FieldIndex | undefined => fieldIndexByObject.get(object)
  const withSummary = (owner: string, field: LinkedField): LinkedField => {
    const summary = linkSummary(field, owner, objects, fieldsOf, report)
    return summary === undefined ? field : { ...field, summary }
  }
  const withSummaries = (object: LinkedObject): LinkedObject =>
    object.fields.some(({ type }) => type === 'summary')
      ? { ...object, fields: object.fields.map((field) => withSummary(object.name, field)) }
      : object

  const seeds = syntax.seeds.flatMap((seed) => linkSeed(seed, objects, fieldsOf, report) ?? []).sort((a, b) => compareSpan(a.span, b.span))
  const linkedObjects = withoutSummaryCycles(
    linked.map(({ object }) => withSummaries(object)),
    report,
  )
  const model: Model = {
    objects: linkedObjects,
    children: linkChildren(linkedObjects, objects, report),
    seeds,
    documents: linkDocuments(syntax, merged, objects, report),
    translations: [...syntax.translations].sort((a, b) => compareText(a.locale, b.locale) || compareSpan(a.span, b.span)),
    // Their order is worked out once it is known what they need of each other.
    plugins: syntax.plugins
      .map((plugin): LinkedPlugin => ({ ...plugin, group: 0, config: {} }))
      .sort((a, b) => compareText(a.name.value, b.name.value) || compareSpan(a.span, b.span)),
    configSchemas: linkConfigSchemas(syntax.plugins, syntax.apps, report),
  }

  checkObjectNames(model.objects, report)
  for (const { object, fields } of linked) checkObject(object, fields, report)
  for (const seed of model.seeds) checkFields(seed.object, (fields) => checkSeedValues(seed, fields, report))
  for (const document of model.documents) {
    if (document.type === 'permission') checkFields(document.object, (fields) => checkPermissionFields(document, fields, report))
  }
  checkNotEnforced(model, report)
  return { model, diagnostics: sortDiagnostics(diagnostics) }

  function checkFields(object: string | undefined, check: (fields: FieldIndex) => void): void {
    const fields = object === undefined ? undefined : fieldsOf(object)
    if (fields !== undefined) check(fields)
  }
}
