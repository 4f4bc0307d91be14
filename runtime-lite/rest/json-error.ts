const BLANK = /[\t\n\r ]*/y
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/** What may come next: a value, a value or the end of the list, a key, a key or the end of the object, a colon, a comma or an end. */
type State = 'value' | 'first-value' | 'key' | 'first-key' | 'colon' | 'next'

/**
 * Where a text stops being JSON; its length when it ends too early. Only for texts that JSON.parse refused: its messages name
 * the place in some cases only.
 */
export function jsonErrorAt(text: string): number {
  const open: ('{' | '[')[] = []
  let state: State = 'value'
  for (let at = endOf(BLANK, text, 0); ; ) {
    const char = text[at] ?? ''
    const isSymbol = char !== '' && '[]{}:,'.includes(char)
    const end = isSymbol ? at + 1 : char === '"' ? stringEnd(text, at) : endOf(SCALAR, text, at)
    if (end < 0) return at
    const next = after(state, isSymbol ? char : undefined, char === '"', open)
    if (next === undefined) return at
    state = next
    at = endOf(BLANK, text, end)
  }
}

/** Where a match that starts at `at` ends, -1 for none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : -1
}

/** By hand: a regular expression would keep a way back for each of a million characters. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === 34) return at + 1
    if (code < 32) return -1
    at = code === 92 ? endOf(ESCAPE, text, at) : at + 1
    if (at < 0) return -1
  }
  return -1
}

/** The state after a token, or undefined when it has no place there. */
function after(state: State, symbol: string | undefined, isString: boolean, open: ('{' | '[')[]): State | undefined {
  switch (symbol) {
    case undefined:
      if (state === 'value' || state === 'first-value') return 'next'
      return isString && (state === 'key' || state === 'first-key') ? 'colon' : undefined
    case '{':
    case '[':
      if (state !== 'value' && state !== 'first-value') return undefined
      open.push(symbol)
      return symbol === '{' ? 'first-key' : 'first-value'
    case ':':
      return state === 'colon' ? 'value' : undefined
    case ',':
      if (state !== 'next' || open.length === 0) return undefined
      return open.at(-1) === '{' ? 'key' : 'value'
    default: {
      const kind = symbol === '}' ? '{' : '['
      if (open.at(-1) !== kind || !(state === 'next' || state === (kind === '{' ? 'first-key' : 'first-value'))) return undefined
      open.pop()
      return 'next'
    }
  }
}
