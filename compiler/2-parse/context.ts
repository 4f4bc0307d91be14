import { classifyFile } from '../1-load/classify-file.ts'
import type { ModuleDocument } from '../1-load/document.ts'
import type { MapNode, Node } from '../1-load/node.ts'
import { type Exported, exportsOf, type Holder } from './exports.ts'
import type { Report } from './report.ts'
import type { Syntax } from './syntax.ts'

/** What parsing one document adds. */
export type Part = Partial<Syntax>

/** What the documents of one run share. Values that modules made are told apart by identity. */
export interface ParseContext {
  readonly report: Report
  /** True the first time a value is seen: a value exported under two names, or listed by a plugin too, is one definition. */
  claim(node: Node): boolean
  /** The same value where its module exports it, which says more than the list that names it. */
  atHome<Value extends Holder>(value: Value): Value
  /** Name of the plugin that lists a value. */
  packageOf(node: Node): string | undefined
  /** Remembers objects by name, to recognise a copy that a plugin lists. */
  readonly objectNodes: Map<string, MapNode[]>
}

/** Where each value that a module exports is at home. */
export type Homes = ReadonlyMap<object, Exported>

/** Several modules may export one value. Those that are called after what they declare come before barrels that pass it on. */
export function findHomes(documents: readonly ModuleDocument[]): Homes {
  const homes = new Map<object, Exported>()
  const add = (exported: Exported, isBetter: (known: Exported) => boolean): void => {
    const origin = originOf(exported.node)
    const known = origin === undefined ? undefined : homes.get(origin)
    if (origin !== undefined && (known === undefined || isBetter(known))) homes.set(origin, exported)
  }
  for (const exported of documents.filter(isDeclaring).flatMap(exportsOf)) add(exported, () => false)
  const declared = new Set(homes.values())
  for (const exported of documents.filter((document) => !isDeclaring(document)).flatMap(exportsOf)) {
    add(exported, (known) => !declared.has(known) && known.path !== exported.path && isPassedOn(known.node))
  }
  return homes
}

const isDeclaring = ({ kind, path }: ModuleDocument): boolean =>
  kind === 'import' ? classifyFile(path) !== undefined : kind !== 'stack' && kind !== 'plugin'

/** What a module only passes on has no place of its own in it. */
const isPassedOn = ({ span }: Node): boolean => span.start === 0 && span.end === 0

export function atHome<Value extends Holder>(value: Value, homes: Homes): Value {
  const origin = originOf(value.node)
  const home = origin === undefined ? undefined : homes.get(origin)
  if (home === undefined) return value
  const { node, exportPath, path, stem } = home
  return { ...value, node, exportPath, path, stem }
}

const originOf = (node: Node): object | undefined => (node.kind === 'scalar' ? undefined : node.origin)

export function createParseContext(report: Report, packageByOrigin: ReadonlyMap<object, string>, homes: Homes): ParseContext {
  const claimed = new Set<object>()
  return {
    report,
    claim(node) {
      const origin = originOf(node)
      if (origin === undefined) return true
      if (claimed.has(origin)) return false
      claimed.add(origin)
      return true
    },
    atHome: (value) => atHome(value, homes),
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
    validators: all('validators'),
    permissions: all('permissions'),
    workflows: all('workflows'),
    apps: all('apps'),
    translations: all('translations'),
    seeds: all('seeds'),
    plugins: all('plugins'),
    others: all('others'),
  }
}
