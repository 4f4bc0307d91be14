import { contentHash } from '../7-write/content-hash.ts'
import type { CompileResult } from '../compile-result.ts'
import { fromProjectPath, toProjectPath } from '../host/project-path.ts'

/** What the running application was made of, and what was compiled since. */
export interface CodeVersions {
  /** Takes the result of a compile. */
  compiled(result: CompileResult): void
  /** Whether anything is there that the running application does not have. */
  readonly hasNews: boolean
  /** Absolute paths of modules, of the application and generated, that are others than those which run. */
  readonly changed: readonly string[]
  /** Absolute paths of generated files that were written since, except for those of which only comments are others. */
  readonly written: readonly string[]
  /** What was compiled last runs now. */
  isLive(): void
}

/** Modules of hooks, actions and the like are imported from where they are: their texts count as much as the output does. */
export function createCodeVersions(): CodeVersions {
  let running: ReadonlyMap<string, string> | undefined
  let latest: ReadonlyMap<string, string> = new Map()
  const written = new Set<string>()
  const reworded = new Set<string>()
  const ofInputs = (): readonly string[] => {
    const before = running ?? new Map<string, string>()
    return [...new Set([...before.keys(), ...latest.keys()])].filter((path) => before.get(path) !== latest.get(path))
  }
  return {
    compiled({ inputs, root, textOf, written: files, removed, reworded: commented }) {
      const modules = inputs.filter((path) => /\.[cm]?[jt]sx?$/.test(path))
      latest = new Map(modules.map((path) => [path, contentHash(textOf(toProjectPath(root, path)) ?? '')]))
      for (const file of commented) reworded.add(fromProjectPath(root, file))
      for (const file of [...files, ...removed]) if (!commented.includes(file)) written.add(fromProjectPath(root, file))
    },
    get hasNews() {
      return running === undefined || written.size > 0 || reworded.size > 0 || ofInputs().length > 0
    },
    get changed() {
      return [...new Set([...ofInputs(), ...written, ...reworded])]
    },
    get written() {
      return [...written]
    },
    isLive() {
      running = latest
      written.clear()
      reworded.clear()
    },
  }
}
