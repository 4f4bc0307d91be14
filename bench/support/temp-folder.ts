import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const PROJECT = join(import.meta.dirname, '..', '..')

/**
 * A folder for one benchmark, gone when the process ends. It lies inside the project so that code in it finds the package
 * `objectql` (by its own name) and so that files are created on the disk that people compile on.
 */
export function tempFolder(name: string): string {
  const parent = join(PROJECT, '.objectql', 'bench')
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, `${name}-`))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
