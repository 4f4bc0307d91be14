import { isAbsolutePath } from './project-path.ts'
import { readTsconfig, type Tsconfig } from './tsconfig.ts'

/** Where modules come from. */
export interface ModuleFiles {
  /** Absolute path of the project. */
  readonly root: string
  readText(path: string): string | undefined
  toUrl(path: string): string
  /** Undefined for a URL that is not one of these files. */
  fromUrl(url: string): string | undefined
}

/** Finds the file an import means, the way TypeScript and bundlers do. */
export interface ModuleResolver {
  /** Absolute path, or undefined when the import does not lead to a project file. */
  resolve(specifier: string, importer: string): string | undefined
  /** The tsconfig.json that was needed to resolve a specifier. */
  configPathOf(specifier: string, importer: string): string | undefined
  /** Forgets what configuration files said: they may have changed. */
  refresh(): void
}

const EXTENSIONS = ['.ts', '.tsx', '.mts', '.js', '.mjs', '.jsx', '.cts', '.cjs', '.json']

/** TypeScript code names the file that will be emitted; what exists is its source. */
const SOURCES_BY_EXTENSION: { readonly [extension: string]: readonly string[] } = {
  '.js': ['.ts', '.tsx', '.jsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
}

export function createModuleResolver(files: ModuleFiles): ModuleResolver {
  const separator = files.root.includes('\\') ? '\\' : '/'
  const configByFolder = new Map<string, Tsconfig | undefined>()

  const join = (folder: string, path: string): string => {
    const parts = (isAbsolutePath(path) ? path : `${folder}/${path}`).split(/[\\/]/)
    const kept: string[] = []
    for (const part of parts) {
      if (part === '..' && kept.length > 1) kept.pop()
      else if (part !== '.' && (part !== '' || kept.length === 0)) kept.push(part)
    }
    return kept.join(separator)
  }
  const folderOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')))

  const isFile = (path: string): boolean => files.readText(path) !== undefined
  const findFile = (path: string): string | undefined => candidatesOf(path, separator).find(isFile)

  const configOf = (folder: string): Tsconfig | undefined => {
    if (configByFolder.has(folder)) return configByFolder.get(folder)
    const parent = folderOf(folder)
    const config =
      readTsconfig(join(folder, 'tsconfig.json'), files.readText, join) ??
      readTsconfig(join(folder, 'jsconfig.json'), files.readText, join) ??
      (parent === folder || parent === '' ? undefined : configOf(parent))
    configByFolder.set(folder, config)
    return config
  }

  const isRelative = (specifier: string): boolean => /^\.{1,2}(?:[\\/]|$)/.test(specifier) || isAbsolutePath(specifier)

  const resolveAlias = (specifier: string, importer: string): string | undefined => {
    if (specifier.startsWith('node:') || specifier.startsWith('#')) return undefined
    for (const path of configOf(folderOf(importer))?.candidatesFor(specifier) ?? []) {
      const file = findFile(path)
      if (file !== undefined) return file
    }
    return undefined
  }

  return {
    resolve(specifier, importer) {
      if (specifier.startsWith('file:')) return findFile(files.fromUrl(specifier) ?? '')
      if (isRelative(specifier)) return findFile(join(folderOf(importer), specifier.replace(/[?#].*$/, '')))
      return resolveAlias(specifier, importer)
    },
    configPathOf: (specifier, importer) => (isRelative(specifier) ? undefined : configOf(folderOf(importer))?.path),
    refresh: () => configByFolder.clear(),
  }
}

/** Paths an import may mean, most likely first. */
function candidatesOf(path: string, separator: string): readonly string[] {
  const extension = /\.[a-z]+$/.exec(path)?.[0] ?? ''
  const stem = path.slice(0, path.length - extension.length)
  return [
    path,
    ...(SOURCES_BY_EXTENSION[extension] ?? []).map((source) => stem + source),
    ...EXTENSIONS.map((added) => path + added),
    ...EXTENSIONS.map((added) => `${path.replace(/[\\/]$/, '')}${separator}index${added}`),
  ]
}
