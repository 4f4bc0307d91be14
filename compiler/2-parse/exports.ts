import type { ModuleDocument } from '../1-load/document.ts'
import type { Node } from '../1-load/node.ts'
import type { Span } from '../source/span.ts'
import { exportStep } from './export-step.ts'

export interface Exported {
  readonly name: string
  readonly exportPath: string
  readonly keySpan: Span
  readonly node: Node
  /** The module it is reached through. */
  readonly path: string
  readonly stem: string
}

/** What is needed to reach the members of a value. */
export type Holder = Pick<Exported, 'node' | 'exportPath' | 'path' | 'stem'>

/** Exports of a module, named ones first: the default export is often one of them again, under a name that says less. */
export function exportsOf({ root, path, stem }: ModuleDocument): readonly Exported[] {
  const exported = root.entries.map(({ key, keySpan, value }) => ({ name: key, exportPath: key, keySpan, node: value, path, stem }))
  return [...exported.filter(({ name }) => name !== 'default'), ...exported.filter(({ name }) => name === 'default')]
}

/** The members of an exported map or list. */
export function membersOf({ node, exportPath, path, stem }: Holder): readonly Exported[] {
  if (node.kind === 'map') {
    return node.entries.map(({ key, keySpan, value }) => ({
      name: key,
      exportPath: exportStep(exportPath, key),
      keySpan,
      node: value,
      path,
      stem,
    }))
  }
  if (node.kind !== 'list') return []
  return node.items.map((item, index) => ({
    name: String(index),
    exportPath: exportStep(exportPath, String(index)),
    keySpan: item.span,
    node: item,
    path,
    stem,
  }))
}

/** A class is a function too, but nothing that could be called as one. */
export function isClass(node: Node): boolean {
  return node.kind === 'function' && /^class\b/.test(Function.prototype.toString.call(node.origin))
}
