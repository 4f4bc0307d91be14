import type { Operand, Query } from '../ast.ts'

/** What a plan that was made ahead is found by. */
export interface ExactShape {
  /** Equal for queries that one plan serves, whatever their values are and in whichever order their conditions stand. */
  readonly text: string
  /** Where values come from, one place after the other as they stand in the text: the operands of each, several for the values of a list. */
  readonly places: readonly (readonly Operand[])[]
}

/**
 * The structure of a query that decides its statement. Stricter than what an allow list goes by (`shapeText`): the order of fields is that of the
 * answer, and nothing is left out that a statement shows. Undefined for what has a statement for each number of its values.
 */
export function exactShape(query: Query): ExactShape | undefined {
  try {
    return shapeOf(query, true)
  } catch (error) {
    if (error === BY_COUNT) return undefined
    throw error
  }
}

const BY_COUNT = new Error('There is a statement for each number of values.')

type Node = Readonly<Record<string, unknown>>

/** `isColumn`: a field by itself is a column here, whose type decides how its value is read. In nested JSON the value's type does. */
function shapeOf(value: unknown, isColumn: boolean): ExactShape {
  if (Array.isArray(value)) return joined(value.map((item) => shapeOf(item, isColumn)))
  if (typeof value !== 'object' || value === null) return { text: JSON.stringify(value) ?? 'null', places: [] }
  const node = value as Node
  switch (node['kind']) {
    case 'slot':
      return { text: `?${TYPES[String(node['type'])] ?? ''}`, places: [[value as Operand]] }
    case 'and':
    case 'or':
      return group(node, isColumn)
    case 'compare':
    case 'match':
      return comparison(node, isColumn)
    case 'in':
      return membership(node, isColumn)
    case 'related':
      return members(node, isColumn && node['isNested'] !== true)
    default:
      return members(node, isColumn)
  }
}

/** What a value's spelling says about it where no column does. */
const TYPES: Readonly<Record<string, string>> = { number: 'number', bare: 'number', list: 'list' }

function joined(parts: readonly ExactShape[], around: readonly [string, string] = ['[', ']']): ExactShape {
  return { text: around[0] + parts.map(({ text }) => text).join() + around[1], places: parts.flatMap(({ places }) => places) }
}

function members(node: Node, isColumn: boolean): ExactShape {
  const parts: ExactShape[] = []
  for (const key of Object.keys(node).sort()) {
    const member = node[key]
    if (member === undefined || key === 'at' || key === 'parameter') continue
    const { text, places } = PAGING.has(key) && isSlot(member) ? { text: '?', places: [[member]] } : shapeOf(member, isColumn)
    parts.push({ text: `${key}:${text}`, places })
  }
  return joined(parts, ['{', '}'])
}

/** Members whose values are read in one way, however they were written. */
const PAGING: ReadonlySet<string> = new Set(['limit', 'offset', 'cursor', 'text'])

const isSlot = (value: unknown): value is Operand => (value as Node)['kind'] === 'slot'

/** The order of conditions means nothing; those with equal texts are alike, so that either may have either's values. */
function group(node: Node, isColumn: boolean): ExactShape {
  const parts = (node['parts'] as readonly unknown[]).map((part) => shapeOf(part, isColumn))
  return joined(
    parts.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0)),
    [`${String(node['kind'])}(`, ')'],
  )
}

function comparison(node: Node, isColumn: boolean): ExactShape {
  const name = `${String(node['kind'])} ${String(node['operator'])}`
  const side = (one: string, other: string): ExactShape => {
    const value = node[one] as Node
    const operand = value['kind'] === 'value' ? (value['value'] as Operand) : undefined
    if (operand?.kind === 'slot' && operand.type !== 'list' && isColumn && isPlainField(node[other] as Node))
      return { text: '?', places: [[operand]] }
    return shapeOf(value, isColumn)
  }
  return joined([side('left', 'right'), side('right', 'left')], [`${name}(`, ')'])
}

/** The values of a list are one parameter, however many there are. */
function membership(node: Node, isColumn: boolean): ExactShape {
  const operands = node['values'] as readonly Operand[]
  const left = node['left'] as Node
  if (!isColumn || !isPlainField(left) || operands.length === 0 || operands.some(({ kind }) => kind !== 'slot')) throw BY_COUNT
  return joined([shapeOf(left, isColumn), { text: '?*', places: [operands] }], ['in(', ')'])
}

/** A field of the object itself: dots may lead into JSON, where a value is of the type it is compared as. */
function isPlainField(expression: Node): boolean {
  const path = expression['path']
  return expression['kind'] === 'field' && Array.isArray(path) && path.length === 1 && /^\w+$/.test(String(path[0]))
}
