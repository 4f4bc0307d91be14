import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type NodeRun, runNode } from './run-node.ts'

/** The command line as it is published: `npm run build` makes it. */
export const CLI: string = join(import.meta.dirname, '..', '..', 'dist', 'compiler', 'cli', 'bin.js')

export function runCli(args: readonly string[], cwd: string): Promise<NodeRun> {
  if (!existsSync(CLI)) throw new Error('The command line is not built: npm run build.')
  return runNode([CLI, ...args], cwd)
}
