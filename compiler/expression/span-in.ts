import { Span } from '../source/span.ts'
import type { Range } from './syntax.ts'

/** Where a part of the text is in its file: exactly, where the text stands there as it is. */
export function spanIn(whole: Span, source: string, { start, end }: Range): Span {
  const isPlain = whole.end - whole.start === source.length && end <= source.length && end > start
  return isPlain ? Span.create(whole.path, whole.start + start, whole.start + end) : whole
}
