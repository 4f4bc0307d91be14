/**
 * The only door to the outside world. Paths are absolute, in the platform's style; the compiler turns them into
 * project-relative forward-slash paths at once. Every phase but load and write is pure.
 */
export interface Host {
  readonly cwd: string
  /** Text of a file, or undefined when there is none. Throws on any other failure (permission, I/O). */
  readText(path: string): string | undefined
  /** Sorted by code unit. Directories end in '/'. Undefined when the directory does not exist. */
  list(directory: string): readonly string[] | undefined
  exists(path: string): boolean
  /** Writes through a temporary file in the same folder and a rename: a reader sees the old text or the new one. Creates folders. */
  writeText(path: string, text: string): void
  remove(path: string): void
  /**
   * Executes a JavaScript or TypeScript module and returns its exports and every project file it imported, itself included.
   * Rejects with a `ModuleFailure`. A file that changed since the last call is executed again, with everything that imports it.
   */
  importModule(path: string): Promise<ImportedModule>
}

export interface ImportedModule {
  readonly exports: Readonly<Record<string, unknown>>
  /** Absolute paths of the project files that were read, sorted. */
  readonly inputs: readonly string[]
  /** Run-time packages that are not installed and were replaced by an empty stand-in. */
  readonly standIns?: readonly string[]
}
