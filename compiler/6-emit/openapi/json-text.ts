import type { Json } from '../../source/json.ts'

/** An object of members that are printed already. */
export const objectText = (members: readonly string[], pad = ''): string => (members.length === 0 ? '{}' : `{${members.join(',')}\n${pad}}`)

/** The same for a text of megabytes. Appended, not joined: joining would copy it at every level. */
export function longObjectText(members: readonly string[], pad = ''): string {
  let text = ''
  for (const one of members) text += text === '' ? `{${one}` : `,${one}`
  return text === '' ? '{}' : `${text}\n${pad}}`
}

export const member = (key: string, text: string, pad: string): string => `\n${pad}${keyText(key)}: ${text}`

const PLAIN_KEY = /^[\w$-]+$/

const keyText = (key: string): string => (PLAIN_KEY.test(key) ? `"${key}"` : JSON.stringify(key))

/** A list with one item a line. */
export const listText = (items: readonly Json[], pad: string): string =>
  items.length === 0 ? '[]' : `[\n${pad}  ${items.map((item) => JSON.stringify(item)).join(`,\n${pad}  `)}\n${pad}]`

/** One line a member; the members themselves are never broken up. */
export const linesText = (value: { readonly [key: string]: Json }, pad: string): string =>
  objectText(
    Object.entries(value).map(([key, item]) => member(key, JSON.stringify(item), `${pad}  `)),
    pad,
  )
