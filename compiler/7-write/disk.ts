/**
 * What writing needs from a file system, beyond the host: exact bytes, staging by rename, and cheap proof that a file is
 * the one seen before. Paths are absolute. Every method throws what the file system throws, except where it says otherwise.
 */
export interface Disk {
  /** Bytes of a file; undefined when there is none. */
  read(path: string): Uint8Array | undefined
  /** Undefined when nothing is there. */
  stat(path: string): FileStat | undefined
  /** Names in a folder, sorted by code unit; undefined when it is no folder. */
  list(folder: string): readonly string[] | undefined
  /** The same, with `/` after the names of folders, as hosts list them. */
  listWithFolders(folder: string): readonly string[] | undefined
  /** Creates the folder and those above it. */
  createFolder(folder: string): void
  /** Creates a file; fails when there is one already. */
  create(path: string, content: string | Uint8Array): void
  /** Replaces what is at `to`. */
  rename(from: string, to: string): void
  /** Deletes a file; silent when it is gone. */
  remove(path: string): void
  /** Deletes a folder if it is empty; silent otherwise. */
  removeFolder(folder: string): void
  /** Deletes a folder and all it holds; silent when it is gone. */
  removeTree(folder: string): void
}

/** Identity and times of a file. Any write to a file moves at least one of them. */
export interface FileStat {
  readonly isFile: boolean
  readonly size: number
  /** Milliseconds with a fraction. */
  readonly modified: number
  /** Time of the last change of content, name or mode; programs cannot set it. */
  readonly changed: number
  readonly id: number
}
