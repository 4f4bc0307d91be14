import type { Span } from '../source/span.ts'

/** One value of a document with the place it was written, whatever language it was written in. */
export type Node = ScalarNode | ListNode | MapNode | FunctionNode

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly value: null | boolean | number | string
  /** Quotes are outside of it, so that replacing the text keeps them. */
  readonly span: Span
}

export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly Node[]
  readonly span: Span
  /** The value itself, when a module made it: the same value under two names is one definition. */
  readonly origin?: object
}

export interface MapNode {
  readonly kind: 'map'
  /** Keys are unique and in the author's order. */
  readonly entries: readonly MapEntry[]
  readonly span: Span
  readonly origin?: object
}

export interface MapEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: Node
}

/** A function found in a module: a hook or action handler. */
export interface FunctionNode {
  readonly kind: 'function'
  readonly span: Span
  readonly origin: object
}

/** The value under a key, or undefined. */
export function entryOf(node: MapNode, key: string): MapEntry | undefined {
  return node.entries.find((entry) => entry.key === key)
}
