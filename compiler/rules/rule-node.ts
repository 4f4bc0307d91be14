import { pointerStep } from '../3-link/pointer.ts'
import type { Json } from '../source/json.ts'
import type { Span } from '../source/span.ts'

/** A part of a rule's body and where it stands. */
export interface RuleNode {
  readonly value: Json
  readonly pointer: string
  readonly span: Span
  /** The first of these members that is there, in any spelling: `compare_to`, `compareTo`. */
  member(...names: readonly string[]): RuleNode | undefined
  members(): readonly (readonly [name: string, node: RuleNode])[]
  /** Items of a list; a single value is a list of one. */
  items(): readonly RuleNode[]
  text(): string | undefined
}

export function ruleNode(value: Json, spanOf: (pointer: string) => Span, pointer = ''): RuleNode {
  const inner = (child: Json, step: string | number): RuleNode => ruleNode(child, spanOf, pointer + pointerStep(step))
  const members = (): readonly (readonly [string, RuleNode])[] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([name, child]) => [name, inner(child as Json, name)] as const)
      : []
  return {
    value,
    pointer,
    get span() {
      return spanOf(pointer)
    },
    members,
    member(...names) {
      const all = members()
      for (const wanted of names.map(fold)) {
        const found = all.find(([name]) => fold(name) === wanted)
        if (found) return found[1]
      }
      return undefined
    },
    items: () => (Array.isArray(value) ? value.map((child, index) => inner(child as Json, index)) : [ruleNode(value, spanOf, pointer)]),
    text: () => (typeof value === 'string' && value.trim() !== '' ? value : undefined),
  }
}

const fold = (name: string): string => name.replace(/[_-]/g, '').toLowerCase()

/** Texts of a list, or of a single text. */
export const textsOf = (node: RuleNode | undefined): readonly string[] => (node ? node.items().flatMap((item) => item.text() ?? []) : [])
