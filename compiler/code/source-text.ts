import type { Hole, Sym } from './code.ts'
import { LINE_WIDTH } from './line-width.ts'
import { print } from './print.ts'

/** A whole TypeScript file: header line, imports computed from the symbols the body used, body, final newline. */
export function sourceText({ header, body, self }: { readonly header: string; readonly body: Hole; readonly self?: string }): string {
  const { text, used } = print(body)
  const imports = importLines([...used].filter((symbol) => symbol.from !== self))
  return `${header}\n${imports.length > 0 ? `${imports.join('\n')}\n` : ''}\n${text}\n`
}

function importLines(symbols: readonly Sym[]): readonly string[] {
  const namesByLine = new Map<string, Set<string>>()
  const values = new Set(symbols.filter((symbol) => !symbol.isType).map((symbol) => `${symbol.from}\0${symbol.name}`))
  for (const symbol of symbols) {
    // A name needed both as a type and as a value is imported once, as a value.
    const isType = symbol.isType && !values.has(`${symbol.from}\0${symbol.name}`)
    const key = `${isType ? 'type ' : ''}\0${symbol.from}`
    const names = namesByLine.get(key) ?? new Set()
    names.add(symbol.name)
    namesByLine.set(key, names)
  }
  const rank = (key: string): string => {
    const from = key.slice(key.indexOf('\0') + 1)
    return `${key.startsWith('type') ? 0 : 1}${from.startsWith('.') ? 1 : 0}${from}`
  }
  return [...namesByLine]
    .sort(([left], [right]) => (rank(left) < rank(right) ? -1 : 1))
    .map(([key, names]) => {
      const [modifier, from] = key.split('\0')
      const sorted = [...names].sort((left, right) => (left < right ? -1 : 1))
      return namesFrom(`import ${modifier}`, sorted, from ?? '')
    })
}

/** `import { a, b } from 'c'`, one name per line where they do not fit on one. */
export function namesFrom(keywords: string, names: readonly string[], from: string): string {
  const line = `${keywords}{ ${names.join(', ')} } from '${from}'`
  return line.length <= LINE_WIDTH ? line : `${keywords}{\n  ${names.join(',\n  ')},\n} from '${from}'`
}
