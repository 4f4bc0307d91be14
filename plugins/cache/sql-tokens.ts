/** A piece of a statement. Names are in lower case and without their quotes. */
export interface Token {
  readonly kind: 'name' | 'word' | 'text' | 'parameter' | 'sign'
  readonly text: string
  /** How many brackets are open around it; those of a bracket itself not counted. */
  readonly depth: number
  /** Of a parameter: which value it stands for, from 0. */
  readonly at: number
}

const TOKEN = /\s+|"([^"]+)"|`([^`]+)`|('(?:[^']|'')*')|\$(\d+)|(\?)|([\p{L}\p{N}_.]+)|(::|\|\||[^\s\p{L}\p{N}_."`'$?\\])/uy

/**
 * A statement in pieces; undefined where it cannot be told for certain where names and texts end: with comments, and with backslashes, which mean one thing to MySQL
 * and another to the rest.
 */
export function sqlTokens(sql: string): readonly Token[] | undefined {
  if (sql.includes('--') || sql.includes('/*') || sql.includes('#')) return undefined
  const tokens: Token[] = []
  let depth = 0
  let marks = 0
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < sql.length) {
    const found = TOKEN.exec(sql)
    if (!found) return undefined
    const [, double, back, text, numbered, mark, word, sign] = found
    const add = (kind: Token['kind'], said: string, at = -1): void => void tokens.push({ kind, text: said, depth, at })
    if (double !== undefined || back !== undefined) add('name', (double ?? back ?? '').toLowerCase())
    else if (text !== undefined) add('text', text)
    else if (numbered !== undefined) add('parameter', '$', Number(numbered) - 1)
    else if (mark !== undefined) add('parameter', '?', marks++)
    else if (word !== undefined) for (const part of partsOf(word)) add(part === '.' ? 'sign' : 'word', part)
    else if (sign !== undefined) {
      if (sign === ')') depth--
      add('sign', sign)
      if (sign === '(') depth++
    }
    if (depth < 0) return undefined
  }
  return depth === 0 ? tokens : undefined
}

/** `t0.` is two pieces; a number is one. */
const partsOf = (word: string): readonly string[] =>
  /^[\d.]+$/.test(word) && word !== '.' ? [word] : word.toLowerCase().split(/(\.)/).filter(Boolean)
