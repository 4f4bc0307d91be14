import { enableCompileCache } from 'node:module'
import { VERSION } from '../version.ts'
import { createProcessTerminal, type Terminal } from './terminal.ts'

/** Exit codes: 0 fine, 1 diagnostics with errors, 2 the command line was wrong. */
export type ExitCode = 0 | 1 | 2

/** Runs one command line. The words come without `node` and the script. */
export async function main(words: readonly string[], terminal: Terminal): Promise<ExitCode> {
  // Asked for by scripts on every start: answered before anything else is loaded.
  if (words.length === 1 && VERSION_FLAGS.has(words[0] ?? '')) {
    terminal.out(`${VERSION}\n`)
    return 0
  }
  const { runProgram } = await import('./program.ts')
  return runProgram(words, terminal)
}

const VERSION_FLAGS = new Set(['--version', '-v', '-V'])

/** Commands that end by themselves. */
const isShortRun = (words: readonly string[]): boolean => (words[0] === 'compile' && !words.includes('--watch')) || words[0] === 'check'

/** The process's own command line, streams and exit code. */
export async function runProcess(): Promise<void> {
  // A reader that went away (`objectql … | head`) is no reason to fail loudly.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit()
      throw error
    })
  }
  const words = process.argv.slice(2)
  // Before the cache, whose entries are made for certain flags.
  if (isShortRun(words)) (await import('./short-run.ts')).shortRun.begin()
  if (!VERSION_FLAGS.has(words[0] ?? '')) enableCompileCache()
  const terminal = createProcessTerminal(words)
  try {
    process.exitCode = await main(words, terminal)
  } catch (error) {
    const { reportBug } = await import('./report-bug.ts')
    reportBug(error, terminal)
    process.exitCode = 1
  }
}
