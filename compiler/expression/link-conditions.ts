import { spanOfAttribute, textAttribute } from '../3-link/attributes.ts'
import type { LinkedField, LinkedHook, LinkedObject, Model } from '../3-link/model.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { HookCondition } from '../ir/handler.ts'
import { truth } from './build.ts'
import { fold } from './fold.ts'
import { declaredType, resultAs } from './formula-result.ts'
import { mapFields } from './map-fields.ts'
import { type ModelSchema, modelSchema } from './model-schema.ts'
import { placeOf } from './place-of.ts'
import { ExpressionProblem } from './problem.ts'
import { recognise, sourceTextOf } from './recognise.ts'
import { pathsBelow } from './related-paths.ts'
import type { ExpressionField } from './schema.ts'
import type { Root, Typed } from './typed.ts'
import { userSchema } from './user-schema.ts'

/**
 * Conditions of hooks, checked against each object the hook stands at. What cannot be compiled is reported and leaves its hook out: one that runs
 * although its condition does not hold does harm.
 */
export function linkConditions(model: Model): { readonly model: Model; readonly diagnostics: readonly Diagnostic[] } {
  if (!model.objects.some(({ hooks }) => hooks.some(hasCondition))) return { model, diagnostics: [] }
  const told = new Map<string, Diagnostic>()
  const schema = userSchema(modelSchema(model.objects, formulaType))
  const objects = model.objects.map((object) => {
    if (!object.hooks.some(hasCondition)) return object
    const hooks = object.hooks.map((hook): LinkedHook => {
      if (!hasCondition(hook)) return hook
      const conditions = hook.events.flatMap(({ value: event }): [string, HookCondition][] => {
        const condition = conditionOf(hook, event, object, schema, (one) =>
          told.set(JSON.stringify([one.code, one.span, one.message]), one),
        )
        return condition ? [[event, condition]] : []
      })
      return { ...hook, conditions: Object.fromEntries(conditions) }
    })
    return { ...object, hooks }
  })
  return { model: { ...model, objects }, diagnostics: [...told.values()] }
}

const hasCondition = ({ attributes, conditionPath }: LinkedHook): boolean => {
  const value = attributes.get('condition')?.value
  return conditionPath !== undefined || !(value === undefined || value === null || value === true || value === '')
}

const NEVER: HookCondition = { kind: 'never' }

function conditionOf(
  hook: LinkedHook,
  event: string,
  object: LinkedObject,
  schema: ModelSchema,
  report: (diagnostic: Diagnostic) => void,
): HookCondition | undefined {
  if (hook.conditionPath !== undefined) return { kind: 'function', exportPath: hook.conditionPath }
  const value = hook.attributes.get('condition')?.value
  const whole = spanOfAttribute(hook.attributes, 'condition', hook.span)
  const never = (): HookCondition => {
    report(diagnose('behaviour/never', whole, { hook: hook.name }))
    return NEVER
  }
  if (value === false) return never()
  const text = sourceTextOf(value)
  if (!text) {
    report(diagnose('behaviour/condition', whole, { hook: hook.name, problem: 'it is no expression' }))
    return NEVER
  }
  try {
    const found = recognise(text, { ...schema, object: object.name, roots: rootsOf(event), isBlankZero: false })
    const holds = fold(truth(withFormulas(found.typed, object, schema)))
    if (isOver(hook, event)) refuseRelated(holds)
    if (holds.kind === 'constant') return holds.value === true ? undefined : never()
    return { kind: 'expression', source: text.source, holds }
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error
    const { span, ...extras } = placeOf(error, text.source, whole)
    report(diagnose('behaviour/condition', span, { hook: hook.name, problem: sentence(error) }, extras))
    return NEVER
  }
}

/** What stands in the sentences of formulas by themselves. */
function sentence({ kind, message }: ExpressionProblem): string {
  if (kind === 'not-translatable') return `${message} cannot be translated`
  return kind === 'unknown-function' ? `no dialect has a function "${message}"` : message
}

const READS = /Find|Count|Aggregate|Query|Many/

/** Hooks of reads, and of many records at once, have no record. */
const rootsOf = (event: string): ReadonlySet<Root> =>
  new Set<Root>(READS.test(event) ? ['current_user'] : ['record', 'previous', 'current_user'])

/** Hooks that run when the transaction has ended: nothing more can be read in it. */
const isOver = ({ attributes }: LinkedHook, event: string): boolean =>
  /Commit|Rollback/.test(event) || /rollback$/i.test(textAttribute(attributes, 'phase') ?? '')

function refuseRelated(typed: Typed): void {
  const [first] = pathsBelow([typed])
  if (first) throw new ExpressionProblem('not-translatable', first, 'a field of a related record once the transaction has ended')
}

/** Formulas of the record are worked out from the fields it will have; those of related records are read. */
function withFormulas(typed: Typed, object: LinkedObject, schema: ModelSchema, depth = 0): Typed {
  return mapFields(typed, (field) => {
    const [name = '', ...below] = field.path
    const formula =
      field.root === 'record' && below.length === 0 ? object.fields.find((one) => one.name === name && one.type === 'formula') : undefined
    if (!formula) return field
    return withFormulas(typedFormula(formula, object, schema, field, depth), object, schema, depth + 1)
  })
}

/** Formulas were checked before: circles among them are left out already, as is what cannot be read. */
function typedFormula(field: LinkedField, object: LinkedObject, schema: ModelSchema, at: Typed, depth: number): Typed {
  if (!field.formula || depth > 20) throw new ExpressionProblem('not-translatable', at, `the formula "${field.name}", which is left out,`)
  const { source, dialect, type } = field.formula
  const isBlankZero =
    field.attributes.get('blankAsZero')?.value === true || /^zero(?:es|s)?$/i.test(textAttribute(field.attributes, 'treatBlankAs') ?? '')
  const { typed } = recognise({ source, dialect }, { ...schema, object: object.name, roots: new Set<Root>(['record']), isBlankZero })
  return resultAs(typed, declaredType(textAttribute(field.attributes, 'dataType')) ?? type)
}

function formulaType(_object: LinkedObject, { formula, name }: LinkedField): ExpressionField['type'] {
  if (formula) return formula.type
  throw new ExpressionProblem('not-translatable', { start: 0, end: Number.POSITIVE_INFINITY }, `the formula "${name}", which is left out,`)
}
