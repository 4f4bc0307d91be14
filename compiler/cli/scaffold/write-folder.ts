import { mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ScaffoldFile } from './render-template.ts'

/**
 * Makes a folder of these files, all or nothing: they are written beside it, and moved when they are complete.
 * @throws what the file system throws; nothing is left behind then.
 */
export function writeFolder(target: string, files: readonly ScaffoldFile[]): void {
  const parent = dirname(target)
  const made = mkdirSync(parent, { recursive: true })
  const draft = join(parent, `.${basename(target)}.${process.pid}.new`)
  try {
    for (const { path, text } of files) {
      const place = join(draft, path)
      mkdirSync(dirname(place), { recursive: true })
      writeFileSync(place, text)
    }
    // Only an empty folder can be taken away like this: whatever somebody put into it in the meantime stays.
    if (isThere(target)) rmdirSync(target)
    renameSync(draft, target)
  } catch (error) {
    rmSync(draft, { recursive: true, force: true })
    if (made !== undefined) rmSync(made, { recursive: true, force: true })
    throw error
  }
}

function isThere(folder: string): boolean {
  try {
    readdirSync(folder)
    return true
  } catch {
    return false
  }
}
