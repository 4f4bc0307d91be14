import { isFlagSet, spanOfAttribute, textAttribute } from '../3-link/attributes.ts'
import type { LinkedField, LinkedFormula, LinkedObject, Model } from '../3-link/model.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'
import { declaredType, resultAs } from './formula-result.ts'
import { lowerExpression } from './lower.ts'
import { modelSchema } from './model-schema.ts'
import { placeOf } from './place-of.ts'
import { ExpressionProblem } from './problem.ts'
import { recognise, type SourceText, sourceTextOf } from './recognise.ts'
import type { ValueType } from './typed.ts'

type Report = (diagnostic: Diagnostic) => void

/** Parses and checks the formulas of a model and gives each to its field. What cannot be compiled is reported, and the field stays out of records. */
export function linkFormulas(model: Model): { readonly model: Model; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const report: Report = (diagnostic) => void diagnostics.push(diagnostic)
  const done = new Map<LinkedField, LinkedFormula | undefined>()
  const underWay: LinkedField[] = []

  const schema = modelSchema(model.objects, (object, field) => typeOfFormula(object, field))

  /** A formula that names another one needs its type, and must not come back to itself. */
  function typeOfFormula(object: LinkedObject, field: LinkedField): ValueType {
    if (underWay.includes(field)) {
      const names = [...underWay.slice(underWay.indexOf(field)), field].map(({ name }) => name)
      throw new ExpressionProblem('circle', { start: 0, end: Number.POSITIVE_INFINITY }, names.join(' → '))
    }
    const formula = formulaOf(object, field)
    if (formula) return formula.type
    throw new ExpressionProblem(
      'not-translatable',
      { start: 0, end: Number.POSITIVE_INFINITY },
      `the formula "${field.name}", which is left out`,
    )
  }

  function formulaOf(object: LinkedObject, field: LinkedField): LinkedFormula | undefined {
    if (done.has(field)) return done.get(field)
    underWay.push(field)
    const formula = compiled(object, field)
    underWay.pop()
    done.set(field, formula)
    return formula
  }

  function compiled(object: LinkedObject, field: LinkedField): LinkedFormula | undefined {
    const { attributes } = field
    const text = sourceTextOf(attributes.get('expression')?.value)
    const span = spanOfAttribute(attributes, 'expression', field.span)
    if (!text) {
      report(diagnose('expression/missing', span, { field: field.name }))
      return undefined
    }
    const isBlankZero = isFlagSet(attributes, 'blankAsZero') || /^zero(?:es|s)?$/i.test(textAttribute(attributes, 'treatBlankAs') ?? '')
    try {
      const found = recognise(text, { ...schema, object: object.name, roots: ROOTS, isBlankZero })
      const wanted = declaredType(textAttribute(attributes, 'dataType')) ?? found.typed.type
      const typed = resultAs(found.typed, wanted)
      if (typed.type === 'list' || typed.type === 'structure') throw new ExpressionProblem('not-translatable', typed, 'a structured value')
      if (found.other) {
        const holes = { field: field.name, dialect: NAMES[found.dialect], other: NAMES[found.other] }
        report(diagnose('expression/ambiguous', span, holes))
      }
      const expression = lowerExpression(typed) as unknown as Json
      return { source: text.source, dialect: found.dialect, type: typed.type as LinkedFormula['type'], typed, expression }
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error
      report(problemOf(error, field, text, span))
      return undefined
    }
  }

  const objects = model.objects.map((object) => {
    if (!object.fields.some(({ type }) => type === 'formula')) return object
    const fields = object.fields.map((field) => {
      const formula = field.type === 'formula' ? formulaOf(object, field) : undefined
      return formula ? { ...field, formula } : field
    })
    return { ...object, fields }
  })
  const [first, ...more] = deadRollups(objects)
  if (first)
    report(
      diagnose('link/not-enforced', first, {
        what: `${more.length + 1} ${more.length === 0 ? 'roll-up' : 'roll-ups'} of formulas that are left out`,
      }),
    )
  return { model: { ...model, objects }, diagnostics }
}

/** Roll-ups of what is not worked out stay empty. */
const deadRollups = (objects: readonly LinkedObject[]): readonly Span[] =>
  objects.flatMap(({ fields }) =>
    fields.flatMap(({ summary, span }) => {
      const summed = summary && objects.find(({ name }) => name === summary.object)?.fields.find(({ name }) => name === summary.field)
      return summed?.type === 'formula' && summed.formula === undefined ? [span] : []
    }),
  )

const ROOTS: ReadonlySet<'record'> = new Set(['record'] as const)

const NAMES = { spreadsheet: 'spreadsheet', cel: 'CEL', javascript: 'JavaScript' } as const

function problemOf(error: ExpressionProblem, field: LinkedField, { source }: SourceText, whole: Span): Diagnostic {
  const { span, ...extras } = placeOf(error, source, whole)
  return diagnose(`expression/${error.kind}`, span, { field: field.name, problem: error.message }, extras)
}
