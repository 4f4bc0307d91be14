import type { Span } from '../source/span.ts'
import type { DiagnosticExtras } from './diagnose.ts'
import type { Fix } from './diagnostic.ts'

/** More names than this are not listed: a wall of names helps nobody. */
const LONGEST_LIST = 10

/** The one candidate the author most likely meant, or undefined when none is close or two are equally close. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const closest = closestNames(name, candidates)
  return closest.length === 1 ? closest[0] : undefined
}

/** Every candidate at the smallest distance that is still plausible (at most a third of the name's length), sorted. */
export function closestNames(name: string, candidates: Iterable<string>): readonly string[] {
  const folded = name.toLowerCase()
  let limit = Math.floor(name.length / 3)
  let closest: string[] = []
  for (const candidate of new Set(candidates)) {
    if (candidate === name || Math.abs(candidate.length - name.length) > limit) continue
    const distance = editDistance(folded, candidate.toLowerCase(), limit)
    if (distance > limit) continue
    if (distance < limit) closest = []
    limit = distance
    closest.push(candidate)
  }
  return closest.sort()
}

export interface Suggestion {
  /** What the author wrote. */
  readonly name: string
  /** Names that are legal at this place. */
  readonly candidates: Iterable<string>
  /** Where it is written; the fix replaces this text. */
  readonly span: Span
  /** Where a candidate is declared, shown in the fix: `declared in a.yml`. */
  readonly declaredAt?: (candidate: string) => Span | undefined
}

/**
 * The fix or notes for a name that does not exist: one clear winner becomes a fix, a tie lists up to three names, and
 * when nothing is close the legal names are listed if there are few.
 */
export function didYouMean(suggestion: Suggestion): DiagnosticExtras {
  const candidates = [...new Set(suggestion.candidates)]
  const closest = closestNames(suggestion.name, candidates)
  const [winner] = closest
  if (winner === undefined) return listNames('It can be', candidates)
  if (closest.length > 1) return listNames('Did you mean', closest.slice(0, 3), '?')
  const declaration = suggestion.declaredAt?.(winner)
  const notes = declaration === undefined ? [] : [{ message: `"${winner}" is declared here.`, span: declaration }]
  // A name that was worked out stands nowhere: a fix would replace what works it out.
  if (!isWritten(suggestion)) return { notes: [{ message: `Did you mean "${winner}"?` }, ...notes] }
  return { notes, fixes: [replaceWith(suggestion.span, winner)] }
}

/** Whether the span has the name and no more, quotes apart. */
const isWritten = ({ name, span }: Suggestion): boolean => span.end > span.start && span.end - span.start <= name.length + QUOTES

const QUOTES = 2

/** A fix that replaces the text of a span. */
export function replaceWith(span: Span, newText: string): Fix {
  return { title: `Replace with "${newText}"`, edits: [{ span, newText }] }
}

function listNames(lead: string, names: readonly string[], end = '.'): DiagnosticExtras {
  if (names.length === 0 || names.length > LONGEST_LIST) return {}
  return { notes: [{ message: `${lead} ${joinNames(names.map((name) => `"${name}"`).sort())}${end}` }] }
}

const joinNames = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

/** Optimal string alignment distance (a swap of neighbours costs one). Gives up with `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    let smallest = row
    for (let column = 1; column <= b.length; column++) {
      const isSame = a.charCodeAt(row - 1) === b.charCodeAt(column - 1)
      let cost = Math.min(at(previous, column) + 1, at(current, column - 1) + 1, at(previous, column - 1) + (isSame ? 0 : 1))
      if (
        row > 1 &&
        column > 1 &&
        a.charCodeAt(row - 1) === b.charCodeAt(column - 2) &&
        a.charCodeAt(row - 2) === b.charCodeAt(column - 1)
      ) {
        cost = Math.min(cost, at(beforePrevious, column - 2) + 1)
      }
      current.push(cost)
      smallest = Math.min(smallest, cost)
    }
    if (smallest > limit) return limit + 1
    beforePrevious = previous
    previous = current
  }
  return at(previous, b.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
