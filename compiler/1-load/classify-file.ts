import type { DocumentKind } from './document.ts'

export interface FileClass {
  readonly kind: DocumentKind
  readonly format: 'yaml' | 'json' | 'module'
  readonly stem: string
}

export interface InputFile extends FileClass {
  readonly path: string
}

const NAMED = /^(.+)\.(object|validation|permission|workflow|data|app|hook|action|validator|plugin)\.(ya?ml|json|[cm]?[jt]s)$/
const STACK = /^objectstack\.config\.[cm]?[jt]s$/
const TRANSLATION = /(?:^|\/)i18n\/[^/]+\/([^/]+)\.(json|ya?ml)$/

const MANIFEST = /^plugin\.(json|ya?ml)$/

/** Code files hold functions: there is nothing to load from data. */
const CODE_KINDS: ReadonlySet<string> = new Set(['hook', 'action', 'validator'])

/** What a file is for by its path, or undefined when it is none of ours (views, forms, pages, tests …). */
export function classifyFile(path: string): FileClass | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (STACK.test(name)) return { kind: 'stack', format: 'module', stem: 'objectstack' }
  const named = NAMED.exec(name)
  if (named !== null) {
    const [, stem = '', kind, extension = ''] = named
    const format = formatOf(extension)
    if (format !== 'module' && CODE_KINDS.has(kind ?? '')) return undefined
    return { kind: kind as DocumentKind, format, stem }
  }
  const manifest = MANIFEST.exec(name)
  if (manifest !== null) return { kind: 'plugin', format: formatOf(manifest[1] ?? ''), stem: 'plugin' }
  const translation = TRANSLATION.exec(path)
  if (translation !== null) return { kind: 'translation', format: formatOf(translation[2] ?? ''), stem: translation[1] ?? '' }
  return undefined
}

/** For a file the configuration names itself: a module is taken for a stack, data for objects, a package.json for a plugin. */
export function classifyNamedFile(path: string): FileClass | undefined {
  const known = classifyFile(path)
  if (known !== undefined) return known
  const [, stem = '', extension = ''] = /([^/]+)\.(ya?ml|json|[cm]?[jt]s)$/.exec(path) ?? []
  if (extension === '') return undefined
  if (stem === 'package' && extension === 'json') return { kind: 'plugin', format: 'json', stem: '' }
  const format = formatOf(extension)
  return { kind: format === 'module' ? 'stack' : 'object', format, stem }
}

function formatOf(extension: string): FileClass['format'] {
  return extension === 'json' ? 'json' : extension.startsWith('y') ? 'yaml' : 'module'
}
