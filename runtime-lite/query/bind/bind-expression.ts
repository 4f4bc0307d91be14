import { type ProblemCode, queryError } from '../../problem/problem.ts'
import type { Expression, Operand, SlotType } from '../ast.ts'
import type { BoundExpression, Parameter } from '../bound.ts'
import { FUNCTIONS, type FunctionSignature, type ValueKind } from '../functions.ts'
import type { BindScope } from './bind-scope.ts'
import { valueParameter } from './bind-value.ts'
import { momentSum, nowParameter } from './moment-sum.ts'
import { type Place, placeOf } from './place.ts'
import { resolveField, scalarOf } from './resolve-field.ts'
import { fieldOfKind, insideJsonAs, type TypedExpression, valueKindOf } from './typed-expression.ts'

type Call = Expression & { readonly kind: 'call' }

/**
 * An expression as one value. A literal that stands alone is what it looks like.
 * @throws ObjectQLError 400 for unknown fields and values a function cannot take.
 */
export function bindExpression(expression: Expression, scope: BindScope, code: ProblemCode, parameter: string): TypedExpression {
  switch (expression.kind) {
    case 'field':
      return bindField(expression, scope, code, parameter)
    case 'value':
      return bindLiteral(expression.value, literalKind(expression.value), scope, placeOf(expression, parameter))
    case 'call':
      return bindCall(expression, scope, code, parameter)
    case 'if':
      return bindIf(expression, scope, code, parameter)
    case 'truth': {
      const truth: BoundExpression = { kind: 'truth', of: scope.shared.bind.condition(expression.of, scope), value: 'boolean' }
      return {
        expression: truth,
        field: fieldOfKind('boolean'),
        name: 'condition',
        place: placeOf(expression, parameter),
        isInsideJson: false,
      }
    }
    default:
      return expression satisfies never
  }
}

/** Messages about a condition name the field where the client did not say in which parameter it stands. */
export function fieldPlace(expression: Expression & { readonly kind: 'field' }, parameter: string): Place {
  return placeOf(expression, parameter === '$filter' ? expression.path.join('.') : parameter)
}

function bindField(
  expression: Expression & { readonly kind: 'field' },
  scope: BindScope,
  code: ProblemCode,
  parameter: string,
): TypedExpression {
  const place = fieldPlace(expression, parameter)
  if (scope.groupAliases) return groupField(expression.path.join('.'), scope.groupAliases, code, place)
  const resolved = resolveField(scope, expression.path, code, place)
  scope.shared.cost.spend(resolved.hops.length)
  return scalarOf(resolved)
}

function groupField(name: string, aliases: ReadonlyMap<string, TypedExpression>, code: ProblemCode, place: Place): TypedExpression {
  const known = aliases.get(name)
  if (known) return { ...known, place }
  throw queryError(
    code,
    place.parameter,
    `"${name.slice(0, 64)}" is neither a group nor an aggregate of this query. Use ${[...aliases.keys()].slice(0, 10).join(', ')}.`,
    place.position,
  )
}

export function bindLiteral(operand: Operand, kind: ValueKind, scope: BindScope, place: Place, dimensions?: number): TypedExpression {
  const field = { ...fieldOfKind(kind), ...(dimensions ? { dimensions } : {}) }
  const name = 'The value'
  const parameter = valueParameter(operand, { name: place.parameter, field, place }, scope.shared)
  return { expression: { kind: 'parameter', parameter, value: kind }, field, name, place, isInsideJson: false }
}

/** What a literal is that nothing else says the kind of. */
export function literalKind({ type, ...operand }: Operand): ValueKind {
  if (type === 'boolean') return 'boolean'
  if (operand.kind === 'constant' && type === 'parameter') return CONSTANT_KINDS[typeof operand.value] ?? 'text'
  return NUMBER_LITERALS.has(type) ? 'number' : 'text'
}

const CONSTANT_KINDS: Readonly<Record<string, ValueKind>> = { number: 'number', boolean: 'boolean' }
const NUMBER_LITERALS: ReadonlySet<SlotType> = new Set<SlotType>(['number', 'bare'])

function bindCall(call: Call, scope: BindScope, code: ProblemCode, parameter: string): TypedExpression {
  const signature: FunctionSignature = FUNCTIONS[call.name]
  const place = placeOf(call, parameter)
  scope.shared.cost.spend(1)
  checkArity(call, signature, code, place)
  if (call.name === 'now') return parameterResult(nowParameter(scope.shared), 'datetime', call, place)
  if (call.name === 'add' || call.name === 'sub') {
    const moment = momentSum(call, scope.shared, place)
    if (moment) return parameterResult(moment, 'datetime', call, place)
  }
  if (call.name === 'coalesce') {
    const [first, second] = call.args as readonly [Expression, Expression]
    const both = sameKinds([first, second], call.name, scope, code, parameter)
    return callResult(call, both, valueKindOf(both[0].field) ?? 'text', place)
  }
  const bind = (index: number, dimensions?: number): TypedExpression =>
    bindArgument(call.args[index] as Expression, signature.args[index] as ValueKind, call, scope, code, parameter, dimensions)
  // A vector in a query is as long as those of the field beside it.
  const fields = call.args.map((arg, index) => (arg.kind === 'value' ? undefined : bind(index)))
  const dimensions = fields.find((arg) => arg?.field.dimensions)?.field.dimensions
  const args = fields.map((arg, index) => arg ?? bind(index, dimensions))
  const result = signature.result === 'any' ? ((args[0] && valueKindOf(args[0].field)) ?? 'text') : signature.result
  return callResult(call, args, result, place)
}

const callResult = ({ name }: Call, args: readonly TypedExpression[], value: ValueKind, place: Place): TypedExpression => ({
  expression: { kind: 'call', name, args: args.map((arg) => arg.expression), value },
  field: fieldOfKind(value),
  name,
  place,
  isInsideJson: false,
})

/** Both results are of one kind: what a literal is, the other one says. */
function bindIf(expression: Expression & { readonly kind: 'if' }, scope: BindScope, code: ProblemCode, parameter: string): TypedExpression {
  const place = placeOf(expression, parameter)
  scope.shared.cost.spend(1)
  const condition = scope.shared.bind.condition(expression.condition, scope)
  const [result, otherwise] = sameKinds([expression.result, expression.otherwise], 'if', scope, code, parameter)
  const value = valueKindOf(result.field) ?? 'text'
  return {
    expression: { kind: 'if', condition, result: result.expression, otherwise: otherwise?.expression, value },
    field: fieldOfKind(value),
    name: 'if',
    place,
    isInsideJson: false,
  }
}

function sameKinds<Second extends Expression | undefined>(
  [first, second]: readonly [Expression, Second],
  name: string,
  scope: BindScope,
  code: ProblemCode,
  parameter: string,
): readonly [TypedExpression, Second extends Expression ? TypedExpression : TypedExpression | undefined] {
  type Bound = Second extends Expression ? TypedExpression : TypedExpression | undefined
  const bind = (one: Expression, kind: ValueKind | undefined): TypedExpression => {
    if (one.kind === 'value') return bindLiteral(one.value, kind ?? literalKind(one.value), scope, placeOf(one, parameter))
    const typed = bindExpression(one, scope, code, parameter)
    return typed.isInsideJson ? insideJsonAs(typed, kind === 'number' || kind === 'boolean' ? kind : 'text') : typed
  }
  if (second === undefined) return [bind(first, undefined), undefined as Bound]
  // What stands in free JSON takes the kind of what stands beside it, a literal too unless that is all there is.
  const isUntyped = (one: Expression): boolean => one.kind === 'field' && bindExpression(one, scope, code, parameter).isInsideJson
  const isSecondFirst = first.kind === 'value' ? second.kind !== 'value' && !isUntyped(second) : isUntyped(first) && !isUntyped(second)
  const leading = bind(isSecondFirst ? second : first, undefined)
  const kind = valueKindOf(leading.field)
  const other = bind(isSecondFirst ? first : second, kind)
  if (kind === undefined || kind !== valueKindOf(other.field))
    throw queryError(code, other.place.parameter, `"${name}" takes two values of one kind.`, other.place.position)
  return isSecondFirst ? [other, leading as Bound] : [leading, other as Bound]
}

const parameterResult = (parameter: Parameter, value: ValueKind, call: Call, place: Place): TypedExpression => ({
  expression: { kind: 'parameter', parameter, value },
  field: fieldOfKind(value),
  name: call.name,
  place,
  isInsideJson: false,
})

function checkArity({ name, args }: Call, signature: FunctionSignature, code: ProblemCode, place: Place): void {
  const most = signature.args.length
  const least = signature.required ?? most
  if (args.length >= least && args.length <= most) return
  const expected = least === most ? String(most) : `${least} or ${most}`
  throw queryError(
    code,
    place.parameter,
    `"${name}" takes ${expected} ${most === 1 ? 'argument' : 'arguments'}, not ${args.length}.`,
    place.position,
  )
}

function bindArgument(
  arg: Expression,
  wanted: ValueKind,
  call: Call,
  scope: BindScope,
  code: ProblemCode,
  parameter: string,
  dimensions?: number,
): TypedExpression {
  if (arg.kind === 'value') {
    const kind = wanted === 'any' ? literalKind(arg.value) : wanted
    return bindLiteral(arg.value, kind, scope, placeOf(arg, call.name), dimensions)
  }
  const typed = bindExpression(arg, scope, code, parameter)
  if (typed.isInsideJson) {
    if (wanted === 'text' || wanted === 'number' || wanted === 'boolean') return insideJsonAs(typed, wanted)
  } else if (accepts(wanted, valueKindOf(typed.field))) return typed
  throw queryError(
    code,
    typed.place.parameter,
    `"${call.name}" takes ${NOUNS[wanted]}, which "${typed.name}" is not.`,
    typed.place.position,
  )
}

const accepts = (wanted: ValueKind, found: ValueKind | undefined): boolean =>
  found !== undefined && (wanted === 'any' || wanted === found || (wanted === 'moment' && (found === 'date' || found === 'datetime')))

const NOUNS: Readonly<Record<ValueKind, string>> = {
  text: 'text',
  number: 'a number',
  boolean: 'true or false',
  date: 'a date',
  time: 'a time',
  datetime: 'an instant',
  moment: 'a date or an instant',
  location: 'a location',
  vector: 'a vector',
  any: 'a value',
}

/** True when the value does not depend on a record. */
export function isRecordFree(expression: BoundExpression): boolean {
  return expression.kind === 'parameter' || (expression.kind === 'call' && expression.args.every((arg) => isRecordFree(arg)))
}
