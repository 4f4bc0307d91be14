/** Which project file imports which, what their texts were, and which version of each is current. */
export interface ModuleGraph {
  /** Part of the module's URL. A new version means a new execution. */
  versionOf(path: string): number
  setText(path: string, text: string): void
  /** Records an import, and the configuration file that led to it. */
  addImport(importer: string, imported: string, configPath?: string): void
  /** Every file a module was made from, itself included, sorted. */
  closureOf(path: string): readonly string[]
  /** Execution failed: the next attempt starts afresh whether files changed or not. */
  markFailed(path: string): void
  /** Gives new versions to every module made from a file that changed, if the given one is made from such a file. */
  refresh(path: string): void
}

interface ModuleRecord {
  version: number
  /** Undefined until the file has been read once. */
  text: string | undefined
  hasFailed: boolean
  readonly imports: Set<string>
}

export function createModuleGraph(readText: (path: string) => string | undefined): ModuleGraph {
  const recordByPath = new Map<string, ModuleRecord>()
  let lastVersion = 0

  const recordOf = (path: string): ModuleRecord => {
    let record = recordByPath.get(path)
    if (record === undefined) {
      record = { version: ++lastVersion, text: undefined, hasFailed: false, imports: new Set() }
      recordByPath.set(path, record)
    }
    return record
  }

  const closureOf = (path: string): ReadonlySet<string> => {
    const found = new Set([path])
    // A set may grow while it is walked: this visits what is added too.
    for (const member of found) for (const imported of recordByPath.get(member)?.imports ?? []) found.add(imported)
    return found
  }

  const isStale = (path: string): boolean => {
    const record = recordByPath.get(path)
    if (record === undefined) return false
    return record.hasFailed || (record.text !== undefined && record.text !== readText(path))
  }

  return {
    versionOf: (path) => recordOf(path).version,
    setText: (path, text) => {
      recordOf(path).text = text
    },
    addImport(importer, imported, configPath) {
      recordOf(importer).imports.add(imported)
      if (configPath === undefined) return
      recordOf(importer).imports.add(configPath)
      recordOf(configPath).text = readText(configPath)
    },
    closureOf: (path) => [...closureOf(path)].sort(),
    markFailed(path) {
      for (const member of closureOf(path)) recordOf(member).hasFailed = true
    },
    refresh(path) {
      const stale = new Set([...closureOf(path)].filter(isStale))
      if (stale.size === 0) return
      // Importers of a stale module hold a link to its old version, so they go with it.
      const affected = [...recordByPath.keys()].filter((candidate) => [...closureOf(candidate)].some((member) => stale.has(member)))
      for (const member of affected) recordByPath.delete(member)
    },
  }
}
