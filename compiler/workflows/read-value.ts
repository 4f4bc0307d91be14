import { isJsonObject } from '../3-link/attributes.ts'
import type { LinkedObject } from '../3-link/model.ts'
import { suggestName } from '../3-link/suggest-name.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { spanIn } from '../expression/place-of.ts'
import { ExpressionProblem } from '../expression/problem.ts'
import { recognise, sourceTextOf } from '../expression/recognise.ts'
import { shownPaths } from '../expression/shown-paths.ts'
import type { NamedValueIr, ValueExpressionIr } from '../ir/workflow.ts'
import { fieldOf } from '../rules/condition.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import type { WorkflowScope } from './scope.ts'

const USERS: ReadonlySet<string> = new Set(['$current_user', '$currentUser', '$current_user.id', '$currentUser.id', '$user', '$user.id'])

/**
 * A value as a step writes it: a literal, `$now`, `$today`, `$current_user`, `$record.field`, `$variables.name`, a text with `{{…}}`,
 * `{ expression }`, `{ copy_from }`, or a list or map of these. @throws RuleProblem
 */
export function readValue(node: RuleNode, scope: WorkflowScope): ValueExpressionIr {
  const { value } = node
  if (typeof value === 'string') return fromText(value, node, scope)
  if (Array.isArray(value)) {
    const items = node.items().map((item) => readValue(item, scope))
    return items.every(({ kind }) => kind === 'literal') ? { kind: 'literal', value } : { kind: 'list', items }
  }
  if (!isJsonObject(value)) return { kind: 'literal', value }
  const wrapped = readWrapped(node, scope)
  if (wrapped) return wrapped
  const entries = node.members().map(([name, one]) => ({ name, value: readValue(one, scope) }))
  return entries.every(({ value: { kind } }) => kind === 'literal') ? { kind: 'literal', value } : { kind: 'map', entries }
}

function fromText(text: string, node: RuleNode, scope: WorkflowScope): ValueExpressionIr {
  const trimmed = text.trim()
  if (/^(?:\$now|NOW\(\)|now\(\))$/.test(trimmed)) return { kind: 'now' }
  if (/^(?:\$today|\$TODAY|TODAY\(\)|today\(\))$/.test(trimmed)) return { kind: 'today' }
  if (USERS.has(trimmed)) return { kind: 'user' }
  const [, root, path = ''] = /^\$(record|variables?)\.([\w.]+)$/.exec(trimmed) ?? []
  if (root === 'record') return typedPath(node, path, scope)
  if (root !== undefined) return { kind: 'variable', path: path.split('.') }
  return /\{\{.+\}\}/s.test(text) ? { kind: 'template', text, shown: shownPaths(text, scope.schema) } : { kind: 'literal', value: text }
}

function typedPath(node: RuleNode, path: string, { schema }: WorkflowScope): ValueExpressionIr {
  return { kind: 'typed', typed: fieldOf({ ...node, text: () => path, span: node.span }, schema) }
}

/** `{ value }`, `{ expression }`, `{ copy_from }` and envelopes. */
function readWrapped(node: RuleNode, scope: WorkflowScope): ValueExpressionIr | undefined {
  const names = node.members().map(([name]) => name)
  const expression = node.member('expression', 'formula')
  if (expression && names.length === 1) return expressionValue(expression, scope)
  if (sourceTextOf(node.value) && names.includes('dialect')) return expressionValue(node, scope)
  const from = node.member('copy_from')
  if (from && names.length === 1) return { kind: 'typed', typed: fieldOf(from, scope.schema) }
  const literal = node.member('value')
  return literal && names.length === 1 ? readValue(literal, scope) : undefined
}

/** An expression of any dialect as a value. @throws RuleProblem */
export function expressionValue(node: RuleNode, { schema }: WorkflowScope): ValueExpressionIr {
  const source = sourceTextOf(node.value)
  if (!source) throw new RuleProblem('incomplete', node.span, 'an expression is empty')
  try {
    return { kind: 'typed', typed: recognise(source, schema).typed }
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error
    throw new RuleProblem(error.kind, spanIn(node.span, source.source, error.range), error.message)
  }
}

/** A map of values by name, as it is written. */
export const readValues = (node: RuleNode | undefined, scope: WorkflowScope): readonly NamedValueIr[] =>
  (node?.members() ?? []).map(([name, one]) => ({ name, value: readValue(one, scope) }))

/**
 * What is written to a record: a map by field, or a list of `{ field, value | expression | copy_from }`. Fields that the object does not have are
 * reported and left out.
 */
export function readUpdates(node: RuleNode | undefined, object: LinkedObject | undefined, scope: WorkflowScope): readonly NamedValueIr[] {
  if (!node) return []
  const pairs = Array.isArray(node.value) ? node.items().flatMap(pairOf) : isSingle(node) ? pairOf(node) : mapPairs(node)
  // All look at the record as it was before: of two for one field the later counts.
  const last = new Map(pairs.map((pair) => [pair.name, pair]))
  return [...last.values()].flatMap(({ name, place, value }) => {
    const field = object?.fields.find((one) => one.name === name)
    if (field) return [{ name, value: readValue(value, scope) }]
    const candidates = object?.fields.map((one) => one.name) ?? []
    const suggestion = suggestName({ name, candidates, span: place.span })
    scope.report(diagnose('workflow/unknown-field', place.span, { field: name, workflow: scope.workflow }, suggestion))
    return []
  })
}

interface Pair {
  readonly name: string
  /** Where the name is written. */
  readonly place: RuleNode
  readonly value: RuleNode
}

const isSingle = (node: RuleNode): boolean =>
  node.member('field')?.text() !== undefined && node.member('value', 'newValue', 'expression', 'formula', 'copy_from') !== undefined

function pairOf(node: RuleNode): readonly Pair[] {
  const place = node.member('field') ?? node.member('field_name') ?? node.member('name')
  const name = place?.text()
  if (!place || name === undefined) throw new RuleProblem('incomplete', node.span, 'an update names no field')
  const literal = node.member('value', 'newValue')
  const other = node.members().filter(([key]) => /^(?:expression|formula|copy_?from)$/i.test(key))
  const value = literal ?? (other.length === 1 ? only(node, other[0]?.[0] as string) : undefined)
  if (!value) throw new RuleProblem('incomplete', node.span, `nothing says what "${name}" becomes`)
  return [{ name, place, value }]
}

/** The node with this member alone. */
function only(node: RuleNode, name: string): RuleNode {
  const kept = node.members().filter(([key]) => key === name)
  return {
    ...node,
    span: node.span,
    value: Object.fromEntries(kept.map(([key, one]) => [key, one.value])),
    members: () => kept,
    member: (...names) => (names.some((one) => fold(one) === fold(name)) ? kept[0]?.[1] : undefined),
  }
}

const fold = (name: string): string => name.replace(/[_-]/g, '').toLowerCase()

const mapPairs = (node: RuleNode): readonly Pair[] => node.members().map(([name, value]) => ({ name, place: value, value }))
