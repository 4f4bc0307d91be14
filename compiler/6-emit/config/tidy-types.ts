import { propertyKey, quote } from '../../code/literal.ts'

/**
 * Declarations as json-schema-to-typescript prints them without a formatter, in house format: indented, single quotes, short
 * comments on one line. It breaks the line after each `{` and before each `}`, and nowhere inside a comment or text.
 */
export function tidyTypes(text: string): string {
  const lines: string[] = []
  let depth = 0
  let comment: string[] | undefined
  for (const line of text.split('\n')) {
    if (comment !== undefined) {
      comment.push(line)
      if (line !== ' */') continue
      lines.push(...shortComment(comment).map((part) => indent(part, depth)))
      comment = undefined
    } else if (line === '/**') {
      comment = [line]
    } else if (line !== '') {
      if (line.startsWith('}')) depth--
      lines.push(indent(withoutParentheses(withOwnQuotes(line)), depth))
      if (line.endsWith('{')) depth++
      // A declaration is over.
      if (depth === 0) lines.push('')
    }
  }
  return lines.join('\n').trimEnd()
}

const indent = (line: string, depth: number): string => (line === '' ? line : '  '.repeat(depth) + line)

function shortComment(lines: readonly string[]): readonly string[] {
  const [, only = ''] = lines
  return lines.length === 3 ? [`/**${only.slice(2)} */`] : lines.map((line) => line.trimEnd())
}

/** Stands before every property name, so that it is printed in quotes whatever it is. */
export const NAME_MARK = '.'

const QUOTED = /"(?:[^"\\]|\\.)*"/g

/** Names of properties, which are the only texts at the start of a line, and texts: printed as JSON until here. */
const withOwnQuotes = (line: string): string =>
  line.replaceAll(QUOTED, (json, at: number) => {
    const text = JSON.parse(json) as string
    return at === 0 && text.startsWith(NAME_MARK) ? propertyKey(text.slice(NAME_MARK.length)) : quote(text)
  })

/** `name: (A | B)` without the parentheses. They stay around anything that has some of its own, or holds a text with one. */
const withoutParentheses = (line: string): string =>
  line.replace(/^((?:(?:[\w$]+|'[^'()]*')\??:|export type [\w$]+ =) )\(([^()]*)\)$/, '$1$2')
