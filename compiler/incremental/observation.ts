import { contentHash } from '../7-write/content-hash.ts'
import type { Disk, FileStat } from '../7-write/disk.ts'

/** One question the compiler asked the outside world, with the answer it got. */
export interface Observation {
  readonly kind: 'file' | 'folder' | 'exists'
  /** Absolute. */
  readonly path: string
  /** Hash of the text, hash of the names, or `+`/`-`. Undefined when there was nothing. */
  readonly answer: string | undefined
  /** What the disk said about it just before it was read, if that proves anything. */
  readonly stat: FileStat | undefined
}

/** No content has this hash. */
export const UNKNOWN_ANSWER = 'unknown'

export const hashNames = (names: readonly string[]): string => contentHash(names.join('\n'))

/**
 * A file changed twice within one tick of the file system's clock looks untouched after the second change. So what is known of
 * a file that changed a moment ago proves nothing: a tick is at most 10 ms where times have fractions, 2 s elsewhere.
 */
export function settledStat(stat: FileStat | undefined): FileStat | undefined {
  if (stat === undefined) return undefined
  const tick = Number.isInteger(stat.changed / 1000) ? 2_000 : 20
  return stat.changed + tick < Date.now() ? stat : undefined
}

/**
 * Asks a question again. The same object comes back when the file is the very one seen before: then it is not even read, for no
 * program can change a file without moving the time of its last change. Otherwise the answer is found anew.
 */
export function observeAgain(before: Observation, disk: Disk): Observation {
  const { kind, path } = before
  const stat = disk.stat(path)
  if (kind === 'exists') {
    const answer = stat === undefined ? '-' : '+'
    return answer === before.answer ? before : { ...before, answer }
  }
  if (stat === undefined || stat.isFile !== (kind === 'file'))
    return before.answer === undefined ? before : { kind, path, answer: undefined, stat: undefined }
  if (before.stat !== undefined && isSameFile(before.stat, stat)) return before
  return { kind, path, answer: kind === 'file' ? hashFile(path, disk) : hashFolder(path, disk), stat: settledStat(stat) }
}

/** True when nobody can have written to the file between the two. */
export const isSameFile = (a: FileStat, b: FileStat): boolean =>
  a.size === b.size && a.modified === b.modified && a.changed === b.changed && a.id === b.id

function hashFile(path: string, disk: Disk): string | undefined {
  const content = disk.read(path)
  return content === undefined ? undefined : contentHash(content)
}

function hashFolder(path: string, disk: Disk): string | undefined {
  const names = disk.listWithFolders(path)
  return names === undefined ? undefined : hashNames(names)
}
