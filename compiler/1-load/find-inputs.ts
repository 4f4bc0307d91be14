import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'
import { Span } from '../source/span.ts'
import { classifyFile, classifyNamedFile, type FileClass, type InputFile } from './classify-file.ts'
import { findPluginPackages } from './read-plugin-manifest.ts'

export interface FoundInputs {
  /** Sorted by path. */
  readonly files: readonly InputFile[]
  readonly diagnostics: readonly Diagnostic[]
}

export interface InputRoots {
  /** Absolute path of the project. */
  readonly root: string
  readonly config: {
    /** Folders and files, relative to the root. */
    readonly input: readonly string[]
    /** Never searched: what lies there was generated. */
    readonly output?: string
    /** Configuration by plugin: packages among them are inputs. */
    readonly plugins?: { readonly [name: string]: unknown }
  }
}

const NEVER_SEARCHED: ReadonlySet<string> = new Set(['node_modules/', '.git/'])
/** Beside sources, these hold what a build made of them. */
const BUILD_FOLDERS: ReadonlySet<string> = new Set(['dist/', 'build/', 'out/'])

/** Every metadata file under the configured inputs. */
export function findInputs({ root, config }: InputRoots, host: Host): FoundInputs {
  const fileByPath = new Map<string, InputFile>()
  const diagnostics: Diagnostic[] = []
  const output = config.output === undefined ? undefined : normalize(config.output)

  const search = (folder: string): void => {
    const names = host.list(fromProjectPath(root, folder)) ?? []
    const isSourceFolder = names.includes('src/')
    for (const name of names) {
      const path = folder === '' ? name : `${folder}/${name}`
      if (!name.endsWith('/')) add(path, classifyFile(path))
      else if (!NEVER_SEARCHED.has(name) && !(isSourceFolder && BUILD_FOLDERS.has(name)) && normalize(path) !== output)
        search(normalize(path))
    }
  }
  const add = (path: string, fileClass: FileClass | undefined): void => {
    if (fileClass !== undefined) fileByPath.set(path, { ...fileClass, path })
  }

  for (const input of config.input) {
    const path = normalize(input)
    const absolute = fromProjectPath(root, path)
    if (host.list(absolute) !== undefined) search(path)
    else if (host.exists(absolute)) add(path, classifyNamedFile(path))
    else diagnostics.push(diagnose('load/missing-input', Span.file(path), { path: input }))
  }
  if (config.plugins) for (const file of findPluginPackages(config.plugins, root, host)) fileByPath.set(file.path, file)
  const files = [...fileByPath.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  if (files.length === 0 && diagnostics.length === 0) {
    const inputs = config.input.length === 0 ? 'the project folder' : config.input.join(', ')
    diagnostics.push(diagnose('load/no-schemas', Span.file('.'), { inputs }))
  }
  return { files, diagnostics }
}

/** `./a/b/` → `a/b`; `.` → ``. */
function normalize(path: string): string {
  return path
    .replaceAll('\\', '/')
    .split('/')
    .filter((part, index) => part !== '.' && (part !== '' || index === 0))
    .join('/')
    .replace(/\/$/, '')
}
