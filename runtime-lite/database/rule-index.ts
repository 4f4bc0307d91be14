/** Name of a unique index that holds a rule: the table, the rule, a digest of what it says. */
const NAME = /^(.+)_rule_[0-9a-f]{8}$/

/** The rule a unique index of ours holds; undefined for any other index. */
export function ruleOfIndex(table: string, index: string): string | undefined {
  const name = NAME.exec(index)?.[1]
  if (name === undefined) return undefined
  return name.startsWith(`${table}_`) ? name.slice(table.length + 1) : name
}

/** What a rule is told by when records break it that were there before. */
export const brokenRule = (table: string, rule: string, duplicates: string): string =>
  `The rule "${rule}" of table "${table}" says that values are unique, but some occur more than once, so it cannot be put in force. Find and change them: ${duplicates}`

/** A query for values that occur more than once, made from the statement that creates a unique index over expressions. */
export function duplicatesOfIndex(create: string): string | undefined {
  const head = /^create unique index (?:"(?:[^"]|"")+"|\S+) on ("(?:[^"]|"")+"|\S+) \(/i.exec(create)
  if (!head) return undefined
  const { parts: keys, end } = splitList(create, head[0].length)
  const where = /^\) where ([\s\S]+)$/i.exec(create.slice(end))?.[1]
  const conditions = [...(where === undefined ? [] : [`(${where})`]), ...keys.map((key) => `${key} is not null`)]
  return `select ${keys.join(', ')} from ${head[1]} where ${conditions.join(' and ')} group by ${keys.join(', ')} having count(*) > 1`
}

/** The parts of a list in parentheses, from behind the opening one. Names and texts may hold anything. */
function splitList(text: string, from: number): { readonly parts: readonly string[]; readonly end: number } {
  const token = /"(?:[^"]|"")*"|'(?:[^']|'')*'|[(),]/g
  token.lastIndex = from
  const parts: string[] = []
  let [start, depth] = [from, 0]
  for (let match = token.exec(text); match; match = token.exec(text)) {
    if (match[0] === '(') depth++
    else if (match[0] === ',' && depth === 0) {
      parts.push(text.slice(start, match.index).trim())
      start = token.lastIndex
    } else if (match[0] === ')' && depth-- === 0) {
      parts.push(text.slice(start, match.index).trim())
      return { parts, end: match.index }
    }
  }
  return { parts, end: text.length }
}

/** The same for a column that MySQL computes: `unhex(…)` of what must be unique. */
export function duplicatesOfColumn(table: string, type: string): string | undefined {
  const computed = / generated always as \(([\s\S]+)\) virtual$/.exec(type)?.[1]
  if (computed === undefined) return undefined
  return `select digest from (select ${computed} as digest from ${table}) as digests where digest is not null group by digest having count(*) > 1`
}
