import { queryError } from '../../problem/problem.ts'
import type { Expand, Operand } from '../ast.ts'
import { isMark, type MarkedText, sliceMarked } from './marked-text.ts'
import { parseOdataFilter } from './odata-filter.ts'
import { integerError } from './paging.ts'
import type { QueryLimits } from './query-limits.ts'
import { mergeExpands } from './select.ts'
import { parseSortText } from './sort.ts'
import { optionEnd } from './split-text.ts'

type Option = 'select' | 'expand' | 'where' | 'orderBy' | 'limit' | 'offset'

const OPTIONS: Readonly<Record<string, Option>> = {
  select: 'select',
  fields: 'select',
  expand: 'expand',
  populate: 'expand',
  filter: 'where',
  where: 'where',
  orderby: 'orderBy',
  orderBy: 'orderBy',
  sort: 'orderBy',
  top: 'limit',
  limit: 'limit',
  skip: 'offset',
  offset: 'offset',
}

/**
 * `owner,account`, `owner.manager`, `contacts($filter=is_primary eq true;$orderby=name desc;$top=3;$select=name;$expand=account)`.
 * `outerDepth`: levels of expand around the text.
 * @throws ObjectQLError 400 with the position.
 */
export function parseExpandText(source: MarkedText, limits: QueryLimits, outerDepth = 0): readonly Expand[] {
  const { text, parameter } = source
  let at = 0
  const refusal = (message: string, position = at) => queryError('INVALID_QUERY', parameter, message, source.originalPosition(position))
  const fail = (message: string): never => {
    throw refusal(message)
  }
  const name = (): string => {
    const start = at
    while (at < text.length && !',();.=/'.includes(text[at] as string) && !isMark(text[at])) at++
    const word = text.slice(start, at).trim()
    return word === '' ? fail(`Expected a relation name in "${parameter}".`) : word
  }
  const items = (depth: number, stops: string): readonly Expand[] => {
    const found: Expand[] = []
    for (;;) {
      found.push(item(depth))
      if (text[at] !== ',') break
      at++
    }
    if (at < text.length && !stops.includes(text[at] as string))
      fail(`Unexpected ${isMark(text[at]) ? 'value' : `"${text[at]}"`} in "${parameter}".`)
    return mergeExpands(found, parameter)
  }
  const item = (depth: number): Expand => {
    if (depth > limits.maxExpandDepth) fail(`"${parameter}" is nested deeper than ${limits.maxExpandDepth} levels.`)
    const field = name()
    if (text[at] === '.' || text[at] === '/') {
      at++
      return { field, expand: [item(depth + 1)], orderBy: [] }
    }
    if (text[at] !== '(') return { field, expand: [], orderBy: [] }
    at++
    const options: Options = {}
    do option(options, depth)
    while (text[at] === ';' && ++at)
    if (text[at] !== ')') fail(`Missing ")" in "${parameter}".`)
    at++
    return { ...options, field, expand: options.expand ?? [], orderBy: options.orderBy ?? [] }
  }
  const option = (options: Options, depth: number): void => {
    const start = at
    const word = name()
    if (text[at] !== '=') fail(`Expected "=" after "${word}" in "${parameter}".`)
    at++
    const key = word.startsWith('$') ? word.slice(1) : word
    const kind = Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined
    if (!kind) throw refusal(`"${word}" is not known inside "${parameter}". Use $filter, $orderby, $top, $skip, $select or $expand.`, start)
    if (options[kind] !== undefined) throw refusal(`"${word}" is given twice inside "${parameter}".`, start)
    if (kind === 'select') options.select = selectNames()
    else if (kind === 'expand') options.expand = items(depth + 1, ';)')
    else {
      const end = optionEnd(text, at)
      const inner = sliceMarked(source, at, end)
      if (kind === 'where') options.where = parseOdataFilter(inner, limits.maxFilterDepth)
      else if (kind === 'orderBy') options.orderBy = parseSortText(inner, limits.maxFilterDepth)
      else options[kind] = wholeNumber(inner)
      at = end
    }
  }
  const selectNames = (): readonly string[] => {
    const names: string[] = []
    do {
      const start = at
      name()
      while ((text[at] === '.' || text[at] === '/') && ++at) name()
      names.push(text.slice(start, at).trim())
    } while (text[at] === ',' && ++at)
    return names
  }
  const wholeNumber = (inner: MarkedText): Operand => {
    const operand = inner.text.trim().length === 1 && isMark(inner.text.trim()) ? inner.literals[inner.firstLiteral] : undefined
    const named = operand ? undefined : inner.named(inner.text.trim(), parameter, inner.originalPosition(0))
    if (!operand && !named) throw integerError(parameter, inner.originalPosition(0))
    return (operand ?? named) as Operand
  }
  return items(outerDepth + 1, '')
}

type Options = { -readonly [Name in Option]?: Expand[Name] }
