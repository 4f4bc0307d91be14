import type { MapNode, Node } from './node.ts'

/** What a file is for, read off its name. */
export type DocumentKind =
  | 'object'
  | 'validation'
  | 'permission'
  | 'workflow'
  | 'data'
  | 'app'
  | 'translation'
  | 'hook'
  | 'action'
  | 'validator'
  | 'plugin'
  | 'stack'
  /** Imported by a stack or plugin. It declares nothing by itself, but it is where what they list is written. */
  | 'import'

interface DocumentBase {
  readonly kind: DocumentKind
  /** Relative to the project root, with forward slashes. */
  readonly path: string
  /** File name up to the first dot that starts its kind: `account` of `account.object.yml`. */
  readonly stem: string
}

/** One YAML or JSON document. A YAML file may hold several. */
export interface DataDocument extends DocumentBase {
  readonly format: 'yaml' | 'json'
  readonly root: Node
}

/** An executed module: its exports by name, each a value with lazily located spans. */
export interface ModuleDocument extends DocumentBase {
  readonly format: 'module'
  readonly root: MapNode
  /** Of a plugin whose manifest has a file of its own. `root` is then what its code exports, if it has any. */
  readonly manifest?: MapNode
  /** Name by which generated code imports the module, of an installed package. */
  readonly specifier?: string
}

export type Document = DataDocument | ModuleDocument
