import type { Query } from './ast.ts'

/**
 * The structure of a query as text: equal for queries that differ in values alone, or in how they are written. Values and their types are not
 * part of it, nor are the order of conditions and of fields, groups in groups and what is said without need.
 */
export const shapeText = (query: Query): string => text(query)

/** How the structure of any part is written. */
function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const node = value as Node
  switch (node['kind']) {
    case 'slot':
      return '?'
    case 'constant':
      return 'value' in node ? '?' : members(node)
    case 'and':
    case 'or':
      return group(node['kind'], partsOf(node, node['kind']))
    case 'not':
      return negated(node['part'] as Node)
    case 'compare':
      return comparison(node)
    case 'in':
      return comparison(equality(node))
    default:
      return members(node)
  }
}

type Node = Readonly<Record<string, unknown>>

/** Members in one order; what says nothing is left out. */
function members(node: Node): string {
  let found = '{'
  for (const key of Object.keys(node).sort()) {
    const member = node[key]
    if (member === undefined || NOT_MEANT.has(key) || isUsual(key, member, node)) continue
    found += `${JSON.stringify(key)}:${SETS.has(key) && Array.isArray(member) ? sorted(member) : text(member)},`
  }
  return `${found}}`
}

/** Where something stands in a request says nothing about what it means. */
const NOT_MEANT: ReadonlySet<string> = new Set(['at', 'parameter', 'isNested'])

/** Lists without an order of their own. */
const SETS: ReadonlySet<string> = new Set(['select', 'expand', 'fields'])

function isUsual(key: string, value: unknown, node: Node): boolean {
  if (key === 'nulls') return value === (node['isDescending'] === true ? 'last' : 'first')
  return value === false || (key === 'total' && value === 'none') || (Array.isArray(value) && value.length === 0 && key !== 'path')
}

const sorted = (items: readonly unknown[]): string =>
  `[${[...new Set(items.map((item) => (typeof item === 'string' ? JSON.stringify(item.replaceAll('/', '.')) : text(item))))].sort().join()}]`

/** Conditions of a group and of groups of its kind in it. */
const partsOf = (node: Node, kind: string): readonly Node[] =>
  (node['parts'] as readonly Node[]).map(only).flatMap((part) => (part['kind'] === kind ? partsOf(part, kind) : [part]))

function group(kind: string, parts: readonly Node[]): string {
  const texts = [...new Set(parts.map(text))].sort()
  return texts.length === 1 ? (texts[0] as string) : `${kind}(${texts.join()})`
}

/** A group of one condition is that condition, and so is what is negated twice. */
function only(node: Node): Node {
  const { kind } = node
  if (kind === 'not') {
    const part = only(node['part'] as Node)
    return part['kind'] === 'not' ? only(part['part'] as Node) : { kind, part }
  }
  if (kind !== 'and' && kind !== 'or') return node
  const parts = partsOf(node, kind)
  return parts.length === 1 ? only(parts[0] as Node) : node
}

/** Two-valued: what is not equal differs. */
function negated(whole: Node): string {
  const part = only(whole)
  if (part['kind'] === 'in') return negated(equality(part))
  if (part['kind'] === 'not') return text(part['part'])
  if (part['kind'] === 'null') return text({ ...part, isNull: part['isNull'] !== true })
  const operator = part['operator']
  if (part['kind'] === 'compare' && (operator === 'eq' || operator === 'ne'))
    return comparison({ ...part, operator: operator === 'eq' ? 'ne' : 'eq' })
  return `not(${text(part)})`
}

/** A list of one value is that value, and how many there are says nothing about what may be seen. */
const equality = ({ left }: Node): Node => ({ kind: 'compare', operator: 'eq', left, right: { kind: 'value', value: { kind: 'slot' } } })

/** Values stand on the right; two expressions in one order. */
function comparison(node: Node): string {
  const [left, right] = [text(node['left']), text(node['right'])]
  const operator = String(node['operator'])
  const isMirrored = isValue(node['left']) !== isValue(node['right']) ? isValue(node['left']) : left > right
  return isMirrored ? `${MIRRORED[operator]}(${right},${left})` : `${operator}(${left},${right})`
}

const isValue = (expression: unknown): boolean => (expression as Node)['kind'] === 'value'

const MIRRORED: Readonly<Record<string, string>> = { eq: 'eq', ne: 'ne', gt: 'lt', ge: 'le', lt: 'gt', le: 'ge' }
