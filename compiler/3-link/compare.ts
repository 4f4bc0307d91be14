import type { Span } from '../source/span.ts'

/** Code-unit order: the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** By file, then by place in the file. */
export const compareSpan = (a: Span, b: Span): number => compareText(a.path, b.path) || a.start - b.start || a.end - b.end
