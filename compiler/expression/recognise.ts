import type { Json } from '../source/json.ts'
import { check } from './check.ts'
import { parseCel } from './parse-cel.ts'
import { parseJavaScript } from './parse-javascript.ts'
import { parseSpreadsheet } from './parse-spreadsheet.ts'
import { ExpressionProblem } from './problem.ts'
import type { ExpressionSchema } from './schema.ts'
import type { Dialect, Syntax } from './syntax.ts'
import { meaningOf, type Typed } from './typed.ts'

/** The text of an expression, and its dialect where the author named it. */
export interface SourceText {
  readonly source: string
  readonly dialect?: Dialect
}

const DIALECTS: Readonly<Record<string, Dialect>> = {
  cel: 'cel',
  js: 'javascript',
  javascript: 'javascript',
  typescript: 'javascript',
  spreadsheet: 'spreadsheet',
  excel: 'spreadsheet',
  formula: 'spreadsheet',
}

/** A text, or an envelope `{ dialect, source }`. Undefined for anything else, and for dialects that are no expressions (`template`, `cron`). */
export function sourceTextOf(value: Json | undefined): SourceText | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : { source: value }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { dialect, source } = value as { readonly [key: string]: Json }
  const known = typeof dialect === 'string' ? DIALECTS[dialect.toLowerCase()] : undefined
  return typeof source === 'string' && known ? { source, dialect: known } : undefined
}

export interface Recognised {
  readonly dialect: Dialect
  readonly typed: Typed
  /** Another dialect in which the same text means something else. */
  readonly other?: Dialect
}

const PARSERS: Readonly<Record<Dialect, (source: string) => Syntax>> = {
  javascript: parseJavaScript,
  spreadsheet: parseSpreadsheet,
  cel: parseCel,
}

/**
 * Reads an expression in the dialect of its envelope. Without one: CEL first where fields stand under `record.` or `previous.`, JavaScript first
 * elsewhere, then the others; the first dialect in which the text parses, names what exists and has fitting types is meant.
 * @throws ExpressionProblem of the dialect that came furthest.
 */
export function recognise({ source, dialect }: SourceText, schema: ExpressionSchema): Recognised {
  if (dialect) return { dialect, typed: check(PARSERS[dialect](source), dialect, schema) }
  const found: { readonly dialect: Dialect; readonly typed: Typed }[] = []
  const problems: ExpressionProblem[] = []
  for (const candidate of ladderOf(source)) {
    try {
      found.push({ dialect: candidate, typed: check(PARSERS[candidate](source), candidate, schema) })
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error
      problems.push(error)
    }
  }
  const [first, ...others] = found
  if (first) {
    const meaning = meaningOf(first.typed)
    const other = others.find(({ typed }) => meaningOf(typed) !== meaning)?.dialect
    return other ? { ...first, other } : first
  }
  const best = problems.toSorted(
    (a, b) =>
      // `=` compares in spreadsheets: what is wrong there is the author's mistake.
      Number(isAssignment(a) && b.kind !== 'syntax') - Number(isAssignment(b) && a.kind !== 'syntax') ||
      PROGRESS.indexOf(b.kind) - PROGRESS.indexOf(a.kind) ||
      Number(b.meant !== undefined) - Number(a.meant !== undefined),
  )[0]
  throw best as ExpressionProblem
}

const isAssignment = ({ kind, message }: ExpressionProblem): boolean => kind === 'not-translatable' && message === 'an assignment'

const ladderOf = (source: string): readonly Dialect[] =>
  /\b(?:record|previous)\./.test(source) && !/\breturn\b/.test(source)
    ? ['cel', 'javascript', 'spreadsheet']
    : ['javascript', 'spreadsheet', 'cel']

/** How far a dialect came before it failed: the further, the likelier it is meant. */
const PROGRESS: readonly ExpressionProblem['kind'][] = [
  'syntax',
  'unknown-function',
  'wrong-arguments',
  'not-translatable',
  'unknown-field',
  'wrong-type',
  'circle',
]
