import { createLineIndex } from '../source/line-index.ts'
import type { CompiledModule } from './compile-module.ts'

export interface ThrownPlace {
  readonly path: string
  readonly start: number
  readonly end: number
}

type FindModule = (url: string) => { readonly path: string; readonly text: string; readonly compiled: CompiledModule } | undefined

/** `file:///a/b.ts?objectql=0.1:12:5`, in a stack or at the head of a SyntaxError's (there without a column). */
const FRAME = /((?:file|memory):\S+?\?objectql=\d+\.\d+):(\d+)(?::(\d+))?/g

/** The place in the user's own source that an error came from: the innermost frame that is one of our modules. */
export function locateThrown(cause: unknown, findModule: FindModule): ThrownPlace | undefined {
  if (!(cause instanceof Error) || cause.stack === undefined) return undefined
  for (const [, url = '', line, column] of cause.stack.matchAll(FRAME)) {
    const found = findModule(url)
    if (found === undefined) continue
    const start = found.compiled.sourceOffset(Number(line), Number(column ?? 1))
    if (start === undefined) continue
    return { path: found.path, start, end: endOfWord(found.text, start) }
  }
  return undefined
}

/** A place needs a width to be seen: the word that starts there, or the rest of the line. */
function endOfWord(text: string, start: number): number {
  const word = /^[\w$.]+/.exec(text.slice(start, start + 200))?.[0] ?? ''
  if (word.length > 0) return start + word.length
  const index = createLineIndex(text)
  const { line } = index.positionAt(start)
  return Math.max(start, index.offsetAt({ line, column: index.lineText(line).length + 1 }))
}
