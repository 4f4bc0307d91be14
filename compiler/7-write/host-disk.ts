import type { Host } from '../host/host.ts'
import { fromProjectPath } from '../host/project-path.ts'
import type { Disk } from './disk.ts'

/** A disk over any host, for those that live in memory: steps are the same, without the promises about failures half-way. */
export function createHostDisk(host: Host): Disk {
  const read = (path: string): Uint8Array | undefined => {
    const text = host.readText(path)
    return text === undefined ? undefined : Buffer.from(text)
  }
  const removeTree = (path: string): void => {
    for (const name of host.list(path) ?? []) removeTree(fromProjectPath(path, name))
    host.remove(path)
  }
  return {
    read,
    stat(path) {
      const isFile = host.readText(path) !== undefined
      if (!isFile && host.list(path) === undefined) return undefined
      // No times: nothing is ever taken for unchanged without being read.
      return { isFile, size: -1, modified: 0, changed: Number.POSITIVE_INFINITY, id: 0 }
    },
    list: (folder) => host.list(folder)?.map((name) => name.replace(/\/$/, '')),
    listWithFolders: (folder) => host.list(folder),
    createFolder() {},
    create: (path, content) => host.writeText(path, typeof content === 'string' ? content : Buffer.from(content).toString()),
    rename(from, to) {
      const text = host.readText(from)
      if (text !== undefined) host.writeText(to, text)
      else for (const name of host.list(from) ?? []) this.rename(fromProjectPath(from, name), fromProjectPath(to, name))
      removeTree(from)
    },
    remove: (path) => host.remove(path),
    removeFolder() {},
    removeTree,
  }
}
