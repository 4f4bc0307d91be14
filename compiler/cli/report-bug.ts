import { VERSION } from '../version.ts'
import type { Terminal } from './terminal.ts'

/** Diagnostics are data; what is thrown this far is a mistake of ours, and says so. */
export function reportBug(error: unknown, terminal: Terminal): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.err(
    `This is a bug in objectql, not in your schemas. Please report it with the lines below.\n\n` +
      `objectql ${VERSION}, node ${process.versions.node}, ${process.platform} ${process.arch}\n${text}\n`,
  )
}
