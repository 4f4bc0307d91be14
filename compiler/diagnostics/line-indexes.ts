import { createLineIndex, type LineIndex } from '../source/line-index.ts'

/** Text of an input file by its project-relative path; undefined when it cannot be read any more. */
export type TextOf = (path: string) => string | undefined

/** Line indexes by path, each built once. */
export function createLineIndexes(textOf: TextOf): (path: string) => LineIndex | undefined {
  const indexByPath = new Map<string, LineIndex | undefined>()
  return (path) => {
    if (!indexByPath.has(path)) {
      const text = textOf(path)
      indexByPath.set(path, text === undefined ? undefined : createLineIndex(text))
    }
    return indexByPath.get(path)
  }
}
