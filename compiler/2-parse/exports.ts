import type { ModuleDocument } from '../1-load/document.ts'
import type { Node } from '../1-load/node.ts'
import type { Span } from '../source/span.ts'
import { exportStep } from './export-path.ts'

export interface Exported {
  readonly name: string
  readonly exportPath: string
  readonly keySpan: Span
  readonly node: Node
}

/** Exports of a module, named ones first: the default export is often one of them again, under a name that says less. */
export function exportsOf({ root }: ModuleDocument): readonly Exported[] {
  const exported = root.entries.map(({ key, keySpan, value }) => ({ name: key, exportPath: key, keySpan, node: value }))
  return [...exported.filter(({ name }) => name !== 'default'), ...exported.filter(({ name }) => name === 'default')]
}

/** The members of an exported map or list. */
export function membersOf({ node, exportPath }: Pick<Exported, 'node' | 'exportPath'>): readonly Exported[] {
  if (node.kind === 'map') {
    return node.entries.map(({ key, keySpan, value }) => ({ name: key, exportPath: exportStep(exportPath, key), keySpan, node: value }))
  }
  if (node.kind !== 'list') return []
  return node.items.map((item, index) => ({
    name: String(index),
    exportPath: exportStep(exportPath, String(index)),
    keySpan: item.span,
    node: item,
  }))
}

/** A class is a function too, but nothing that could be called as one. */
export function isClass(node: Node): boolean {
  return node.kind === 'function' && /^class\b/.test(Function.prototype.toString.call(node.origin))
}
