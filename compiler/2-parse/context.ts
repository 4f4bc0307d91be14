import type { MapNode, Node } from '../1-load/node.ts'
import type { Report } from './report.ts'
import type { Syntax } from './syntax.ts'

/** What parsing one document adds. */
export type Part = Partial<Syntax>

/** What the documents of one run share. Values that modules made are told apart by identity. */
export interface ParseContext {
  readonly report: Report
  /** True the first time a value is seen: a value exported under two names, or listed by a plugin too, is one definition. */
  claim(node: Node): boolean
  /** Name of the plugin that lists a value. */
  packageOf(node: Node): string | undefined
  /** Remembers objects by name, to recognise a copy that a plugin lists. */
  readonly objectNodes: Map<string, MapNode[]>
}

export function createParseContext(report: Report, packageByOrigin: ReadonlyMap<object, string>): ParseContext {
  const claimed = new Set<object>()
  const originOf = (node: Node): object | undefined => (node.kind === 'scalar' ? undefined : node.origin)
  return {
    report,
    claim(node) {
      const origin = originOf(node)
      if (origin === undefined) return true
      if (claimed.has(origin)) return false
      claimed.add(origin)
      return true
    },
    packageOf(node) {
      const origin = originOf(node)
      return origin === undefined ? undefined : packageByOrigin.get(origin)
    },
    objectNodes: new Map(),
  }
}

/** All parts in one, in order. */
export function joinParts(parts: readonly Part[]): Syntax {
  const all = <Key extends keyof Syntax>(key: Key): Syntax[Key][number][] =>
    parts.flatMap((part) => (part[key] ?? []) as Syntax[Key][number][])
  return {
    objects: all('objects'),
    rules: all('rules'),
    hooks: all('hooks'),
    actions: all('actions'),
    permissions: all('permissions'),
    workflows: all('workflows'),
    apps: all('apps'),
    translations: all('translations'),
    seeds: all('seeds'),
    plugins: all('plugins'),
    others: all('others'),
  }
}
