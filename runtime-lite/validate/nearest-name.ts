/** Longer names are not compared: they come from attackers, not from typing mistakes. */
const LONGEST_NAME = 64

/**
 * The one candidate that was most likely meant: equal but for case, blanks, hyphens and underscores, else within an edit distance of a
 * third of the name. Undefined when none is close or two are equally close.
 */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  if (name.length > LONGEST_NAME) return undefined
  const folded = fold(name)
  const same = candidates.filter((candidate) => fold(candidate) === folded)
  if (same.length === 1) return same[0]
  let limit = Math.floor(name.length / 3) + 1
  let closest: string | undefined
  for (const candidate of candidates) {
    const distance = Math.abs(candidate.length - name.length) > limit ? Number.POSITIVE_INFINITY : editDistance(folded, fold(candidate))
    if (distance > limit) continue
    closest = distance < limit ? candidate : undefined
    limit = distance
  }
  return closest
}

const fold = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]/g, '')

/** Edit distance in which a swap of neighbours counts as one mistake. */
function editDistance(left: string, right: string): number {
  let beforePrevious: readonly number[] = []
  let previous: readonly number[] = Array.from({ length: right.length + 1 }, (_, column) => column)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const isSame = left[row - 1] === right[column - 1]
      const isSwap = row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      current.push(
        Math.min(
          cell(previous, column - 1) + (isSame ? 0 : 1),
          cell(previous, column) + 1,
          cell(current, column - 1) + 1,
          isSwap ? cell(beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforePrevious = previous
    previous = current
  }
  return cell(previous, right.length)
}

const cell = (row: readonly number[], column: number): number => row[column] ?? Number.POSITIVE_INFINITY
