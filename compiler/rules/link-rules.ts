import type { LinkedField, LinkedObject, Model } from '../3-link/model.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { replaceWith } from '../diagnostics/suggest.ts'
import { modelSchema } from '../expression/model-schema.ts'
import { ExpressionProblem } from '../expression/problem.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import { userSchema } from '../expression/user-schema.ts'
import type { CompiledRule } from '../ir/rule.ts'
import type { Span } from '../source/span.ts'
import { decided } from './decided.ts'
import { fieldRules } from './field-rules.ts'
import { hintedRules } from './hinted-rules.ts'
import { readRule } from './read-rule.ts'
import { referenceRules } from './reference-rules.ts'
import { ruleNode } from './rule-node.ts'
import { RuleProblem } from './rule-problem.ts'
import { unknownPlaceholders } from './unknown-placeholders.ts'
import { unknownValidators } from './unknown-validators.ts'
import { requiredWhereVisible, visibilityRules } from './visibility-rules.ts'
import { withShown } from './with-shown.ts'

/** Compiles the rules of a model and gives those that run to their objects. What cannot be compiled is reported, and the rule is left out. */
export function linkRules(
  model: Model,
  reported: readonly Diagnostic[],
): { readonly model: Model; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const names = userSchema(
    modelSchema(model.objects, (_object, field) => {
      if (field.formula) return field.formula.type
      throw new ExpressionProblem('not-translatable', { start: 0, end: 0 }, `the formula "${field.name}", which is left out`)
    }),
  )
  const objects = model.objects.map((object): LinkedObject => {
    const schema: ExpressionSchema = { ...names, object: object.name, roots: ROOTS, isBlankZero: false }
    const authored = [...object.rules, ...hintedRules(object)]
    // A field that is required where it is visible is optional by itself.
    const optional = new Set<string>()
    const required = object.fields.flatMap((field) => {
      const one = requiredWhereVisible(field)
      const found = one ? attempt(object, one.name, () => [one.read(schema)]) : []
      if (found.length > 0) optional.add(field.name)
      return found
    })
    const compiled = [
      ...required,
      ...object.fields.flatMap(visibilityRules).flatMap(({ name, read }) => attempt(object, name, () => [read(schema)])),
      ...object.fields.flatMap(fieldRules).flatMap(({ name, read }) => attempt(object, name, () => [read(schema)])),
      ...referenceRules(object, schema, (name, work) => attempt(object, name, work)),
      ...authored.flatMap((rule) => {
        const node = ruleNode(rule.body, rule.spanOf)
        const read = attempt(object, rule.name, () => readRule(node, { rule, object, schema }))
        if (read.length > 0) diagnostics.push(...unknownPlaceholders(node, rule.name, object, schema))
        diagnostics.push(...read.flatMap((one) => unknownValidators(one, object)))
        return read
      }),
    ]
    if (compiled.length === 0) return object
    const fields =
      optional.size === 0 ? object.fields : object.fields.map((field) => (optional.has(field.name) ? notRequired(field) : field))
    return { ...object, fields, compiledRules: compiled.toSorted((a, b) => a.priority - b.priority) }
  })
  return { model: { ...model, objects }, diagnostics }

  function attempt(object: LinkedObject, rule: string, work: () => readonly CompiledRule[]): readonly CompiledRule[] {
    try {
      const compiled = work().map((one) => withShown(one, { ...names, object: object.name, roots: ROOTS, isBlankZero: false }))
      diagnostics.push(...compiled.flatMap((one) => decided(one, object.fields)))
      return compiled
    } catch (error) {
      if (!(error instanceof RuleProblem)) throw error
      // Linking has looked at names of fields before.
      const isKnown = reported.some(({ code, span }) => code === 'link/unknown-field' && isSameSpan(span, error.span))
      if (!isKnown) diagnostics.push(problemOf(error, rule))
      return []
    }
  }
}

const notRequired = (field: LinkedField): LinkedField => ({
  ...field,
  attributes: new Map([...field.attributes].filter(([key]) => key !== 'required')),
})

const ROOTS: ExpressionSchema['roots'] = new Set(['record', 'previous', 'current_user'] as const)

function problemOf({ kind, message, span, meant, isExact }: RuleProblem, name: string): Diagnostic {
  const notes = meant === undefined ? [] : [{ message: `Did you mean "${meant}"?` }]
  const fixes = meant !== undefined && isExact ? [replaceWith(span, meant)] : []
  return diagnose(kind === 'circle' ? 'rule/not-translatable' : `rule/${kind}`, span, { rule: name, problem: message }, { notes, fixes })
}

const isSameSpan = (a: Span, b: Span): boolean => a.path === b.path && a.start === b.start && a.end === b.end
