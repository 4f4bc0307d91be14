import { LINE_WIDTH } from './line-width.ts'

/**
 * The TypeScript writer: a template looks like the code it prints. String holes become quoted literals, symbols are
 * imported, nested code is re-indented to the column of its hole; text goes in verbatim only through `raw`.
 */
export type Hole = string | number | boolean | Sym | Code | Raw | Block | Fit

export interface Raw {
  readonly kind: 'raw'
  readonly text: string
}

/** A name that another module exports. Printing it adds the import. */
export interface Sym {
  readonly kind: 'sym'
  readonly name: string
  readonly from: string
  readonly isType: boolean
  /** What that module calls it, where that is another name: `default`. */
  readonly exported?: string
}

export interface Code {
  readonly kind: 'code'
  readonly strings: readonly string[]
  readonly holes: readonly Hole[]
}

export interface Block {
  readonly kind: 'block'
  readonly parts: readonly Hole[]
  readonly separator: string
}

/** One line where that fits, else a form of several lines. */
export interface Fit {
  readonly kind: 'fit'
  readonly flat: Hole
  readonly broken: () => Hole
  /** Characters that follow on the last line. */
  readonly tail: number
}

export function code(strings: TemplateStringsArray, ...holes: Hole[]): Code {
  return { kind: 'code', strings, holes }
}

export const raw = (text: string): Raw => ({ kind: 'raw', text })

/** A value (function, constant) exported by `from`. */
export const sym = (name: string, from: string, exported?: string): Sym => ({
  ...{ kind: 'sym', name, from, isType: false },
  ...(exported === undefined || exported === name ? {} : { exported }),
})

/** A type exported by `from`; imported with `import type`. */
export const typeSym = (name: string, from: string): Sym => ({ kind: 'sym', name, from, isType: true })

/** Parts one per line; empty parts leave no line behind. */
export const lines = (parts: readonly Hole[]): Block => ({ kind: 'block', parts, separator: '\n' })

export const joined = (parts: readonly Hole[], separator: string): Block => ({ kind: 'block', parts, separator })

/** The flat form if it ends before the line does, `tail` characters included; else the broken one. */
export const fitted = (flat: Hole, broken: () => Hole, tail = 0): Fit => ({ kind: 'fit', flat, broken, tail })

/** `[a, b]` where that fits, else one part per line. `tail` is how many characters follow the bracket. */
export function list(parts: readonly Hole[], { brackets = ['[', ']'], tail = 0 }: ListOptions = {}): Hole {
  const [open, close] = brackets
  if (parts.length === 0) return raw(`${open}${close}`.replaceAll(' ', ''))
  const broken = (): Code => code`
${raw(open.trim())}
  ${lines(parts.map((part) => code`${part},`))}
${raw(close.trim())}
`
  // No part is shorter than a character, its comma and a blank.
  if (parts.length * 3 > LINE_WIDTH) return broken()
  return fitted(code`${raw(open)}${joined(parts, ', ')}${raw(close)}`, broken, tail)
}

export interface ListOptions {
  readonly brackets?: readonly [string, string]
  readonly tail?: number
}

/** The part, or nothing at all. A hole that prints nothing and stands alone on its line takes the line with it. */
export const when = (condition: boolean, part: Hole): Hole => (condition ? part : NOTHING)

export const NOTHING: Raw = { kind: 'raw', text: '' }
