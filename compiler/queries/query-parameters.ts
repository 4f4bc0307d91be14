import { contextValue } from '../../runtime-lite/query/named/context-value.ts'
import { inferParameter, kindInWords } from '../../runtime-lite/query/named/infer-parameter.ts'
import { familyOf, type ParameterUse } from '../../runtime-lite/query/named/parameter-uses.ts'
import type { QueryParameter } from '../../runtime-lite/query/named/query-parameter.ts'
import { readParameters } from '../../runtime-lite/query/named/read-parameters.ts'
import { columnKind } from '../6-emit/plans/field-plan.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { FieldIr, NamedQueryIr } from '../ir/object.ts'
import type { QueryParamIr } from '../ir/query-plan.ts'
import { placeSpan } from './place-span.ts'

export type ReportDiagnostic = (diagnostic: Diagnostic) => void

type Kind = Pick<QueryParameter, 'kind' | 'options' | 'isList'>

/** The parameters of a query by slot: as declared, else as what they are compared with. Undefined when they contradict each other. */
export function queryParameters(
  query: NamedQueryIr,
  names: readonly string[],
  uses: readonly ParameterUse[],
  report: ReportDiagnostic,
): readonly QueryParamIr[] | undefined {
  const params = names.map((name, slot): QueryParamIr | undefined => {
    const declared = query.params.find((param) => param.name === name)
    const inferred = inferParameter(uses.filter((use) => use.slot === slot))
    if (inferred === undefined) {
      report(diagnose('plan/unused-parameter', declared?.span ?? query.span, { name, query: query.name }))
      return undefined
    }
    if ('clash' in inferred) {
      const [first, second] = inferred.clash
      const notes = [{ message: `Here it is ${kindInWords(first)}.`, span: placeSpan(query, first.at) }]
      const holes = { name, query: query.name, first: kindInWords(second), second: kindInWords(first) }
      report(diagnose('plan/parameter-clash', placeSpan(query, second.at), holes, { notes }))
      return undefined
    }
    if (declared !== undefined) return declaredParameter(declared, inferred.parameter, query, report)
    const from = contextValue(name)
    if (from === undefined) return { name, ...inferred.parameter, isRequired: true }
    return contextParameter(name, from, inferred.parameter, { query, report, use: uses.find(({ slot: at }) => at === slot) })
  })
  return params.includes(undefined) ? undefined : (params as readonly QueryParamIr[])
}

interface ContextUse {
  readonly query: NamedQueryIr
  readonly report: ReportDiagnostic
  readonly use: ParameterUse | undefined
}

/** What the request says stands where a value of its type may. What is known of a user is known when the query is asked. */
function contextParameter(
  name: string,
  from: NonNullable<QueryParamIr['from']>,
  used: Kind,
  { query, report, use }: ContextUse,
): QueryParamIr | undefined {
  const isFitting =
    from === 'today' || from === 'now'
      ? !used.isList && (used.kind === 'date' || used.kind === 'datetime')
      : from !== 'current_user' || (!used.isList && familyOf(used) === 'text')
  if (isFitting) return { name, ...used, from }
  const holes = {
    name,
    query: query.name,
    declared: from === 'current_user' ? 'an id' : CONTEXT_WORDS[from as 'today'],
    used: kindInWords(used),
  }
  report(diagnose('plan/context-value', use ? placeSpan(query, use.at) : query.span, holes))
  return undefined
}

const CONTEXT_WORDS = { today: 'a date', now: 'an instant' } as const

function declaredParameter(field: FieldIr, used: Kind, query: NamedQueryIr, report: ReportDiagnostic): QueryParamIr | undefined {
  const { name, description } = field
  const declared = kindOf(field)
  if (familyOf(declared) !== familyOf(used) || declared.isList !== used.isList) {
    const holes = { name, query: query.name, declared: kindInWords(declared), used: kindInWords(used) }
    report(diagnose('plan/parameter-type', field.span, holes))
    return undefined
  }
  // A page size is a whole number, whatever it was declared as.
  const kind = used.kind === 'integer' ? { ...declared, kind: used.kind } : declared
  const param = { name, ...(description === undefined ? {} : { description }), ...kind }
  if (field.default === undefined) return query.optional.includes(name) ? param : { ...param, isRequired: true }
  const { default: given } = field
  if (given.kind === 'literal' && isOfKind(kind, given.value)) return { ...param, default: given.value }
  if ((given.kind === 'today' && kind.kind === 'date') || (given.kind === 'now' && kind.kind === 'datetime'))
    return { ...param, defaultsTo: given.kind }
  report(diagnose('plan/parameter-default', field.span, { name, query: query.name, expected: kindInWords(kind) }))
  return undefined
}

function kindOf(field: FieldIr): Kind {
  const one = columnKind({ ...field, isList: false }) as QueryParameter['kind']
  const options =
    field.value.kind === 'option' && field.value.options.length > 0 ? field.value.options.map(({ value }) => value) : undefined
  return { kind: one, ...(options ? { options } : {}), ...(field.isList ? { isList: true } : {}) }
}

function isOfKind(kind: Kind, value: unknown): boolean {
  try {
    readParameters({ value: kind }, { value })
    return value !== null
  } catch {
    return false
  }
}
