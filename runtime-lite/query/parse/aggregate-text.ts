import { queryError } from '../../problem/problem.ts'
import type { Aggregate, Condition, Expression, GroupItem } from '../ast.ts'
import { aggregateFunction, checkAlias, defaultAlias, groupAlias, isGranularity } from './group-names.ts'
import type { MarkedText } from './marked-text.ts'
import { type OdataParser, odataParser } from './odata-parser.ts'
import { pathOf } from './path.ts'
import { splitTopLevel } from './split-text.ts'
import type { Token } from './tokenize.ts'

/**
 * `sum(amount) as total,count() as n,count(distinct owner),avg(amount) filter (status eq 'won') as won`.
 * @throws ObjectQLError 400 with the position.
 */
export function parseAggregatesText(source: MarkedText, maxDepth: number, taken: Set<string>): readonly Aggregate[] {
  const { parameter } = source
  const parser = odataParser(source, maxDepth, 'INVALID_QUERY')
  return listOf(parser, parameter, () => {
    const name = parser.expect('word', 'an aggregate such as "sum(amount)"')
    const at = source.originalPosition(name.at)
    parser.expect('(', '"("')
    const isDistinct = parser.takeWord('distinct') !== undefined
    const of: Expression | undefined = parser.peek().kind === ')' ? undefined : parser.expression()
    parser.expect(')', '")"')
    const called = aggregateFunction(name.text, isDistinct, parameter, at)
    if (!of && called !== 'count') parser.fail(`"${name.text}" needs a field: ${name.text}(field).`, name)
    let filter: Condition | undefined
    if (parser.takeWord('filter')) {
      parser.expect('(', '"("')
      filter = parser.condition()
      parser.expect(')', '")"')
    }
    const alias = checkAlias(aliasOf(parser) ?? defaultAlias(called, of), taken, parameter, at)
    return { alias, function: called, ...(of ? { of } : {}), ...(filter ? { filter } : {}) }
  })
}

/**
 * `status,owner/name,month(created_at) as m`. `day`, `week`, `month`, `quarter` and `year` cut a date to its calendar unit here.
 * @throws ObjectQLError 400 with the position.
 */
export function parseGroupText(source: MarkedText, maxDepth: number, taken: Set<string>): readonly GroupItem[] {
  const { parameter } = source
  if (!/[()]|\sas\s/i.test(source.text)) return plainGroups(source, taken)
  const parser = odataParser(source, maxDepth, 'INVALID_QUERY')
  return listOf(parser, parameter, (start) => {
    const granularity = takeGranularity(parser)
    const by = parser.expression()
    if (granularity) parser.expect(')', '")"')
    const alias = checkAlias(aliasOf(parser) ?? groupAlias(by), taken, parameter, source.originalPosition(start.at))
    return { alias, by, ...(granularity ? { granularity } : {}) }
  })
}

/** Names alone, which may be anything but hold no comma. */
function plainGroups(source: MarkedText, taken: Set<string>): readonly GroupItem[] {
  const { text, parameter } = source
  return splitTopLevel(text).map(({ from, to }) => {
    const name = text.slice(from, to).trim()
    const at = source.originalPosition(from)
    const path = pathOf(name)
    if (!path) throw queryError('INVALID_QUERY', parameter, `Expected a field in ${parameter}, found "${name.slice(0, 64)}".`, at)
    const by: Expression = { kind: 'field', path, at, parameter }
    return { alias: checkAlias(groupAlias(by), taken, parameter, at), by }
  })
}

function takeGranularity(parser: OdataParser) {
  const word = parser.peek()
  const name = word.text.toLowerCase()
  if (word.kind !== 'word' || !isGranularity(name) || parser.peek(1).kind !== '(') return undefined
  parser.take()
  parser.take()
  return name
}

const aliasOf = (parser: OdataParser): string | undefined => (parser.takeWord('as') ? parser.expect('word', 'a name').text : undefined)

function listOf<Item>(parser: OdataParser, parameter: string, item: (start: Token) => Item): readonly Item[] {
  const items: Item[] = []
  do items.push(item(parser.peek()))
  while (parser.peek().kind === ',' && parser.take())
  const rest = parser.peek()
  if (rest.kind !== 'end') parser.fail(`Expected "," in ${parameter}, found ${parser.shown(rest)}.`, rest)
  return items
}
