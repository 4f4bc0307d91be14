import { mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import type { Disk } from './disk.ts'

/** The disk of this machine. */
export const nodeDisk: Disk = {
  read: (path) => unlessMissing(() => readFileSync(path)),
  stat(path) {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat === undefined) return undefined
    return { isFile: stat.isFile(), size: stat.size, modified: stat.mtimeMs, changed: stat.ctimeMs, id: stat.ino }
  },
  list: (folder) => unlessMissing(() => readdirSync(folder).sort()),
  listWithFolders: (folder) =>
    unlessMissing(() =>
      readdirSync(folder, { withFileTypes: true })
        .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
        .sort(),
    ),
  createFolder: (folder) => void mkdirSync(folder, { recursive: true }),
  create: (path, content) => writeFileSync(path, content, { flag: 'wx' }),
  rename: (from, to) => renameSync(from, to),
  remove: (path) => void unlessMissing(() => unlinkSync(path)),
  removeFolder(folder) {
    try {
      rmdirSync(folder)
    } catch {
      // Not empty, or gone already: both are fine.
    }
  },
  removeTree: (folder) => rmSync(folder, { recursive: true, force: true }),
}

function unlessMissing<Result>(action: () => Result): Result | undefined {
  try {
    return action()
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** ENOTDIR: a file stands where a folder of the path should be, so nothing is there either. */
const isMissing = (error: unknown): boolean => {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR'
}
