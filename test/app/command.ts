import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

const BIN = join(import.meta.dirname, '..', '..', 'compiler', 'cli', 'bin.js')

/** A running `objectql` process. */
export interface RunningCommand {
  readonly child: ChildProcess
  out(): string
  err(): string
  /** Waits for a JSON line of this kind on stdout. */
  line(kind: string): Promise<Record<string, unknown>>
  /** Waits until this is on stderr, counted from `from`. */
  says(text: string | RegExp, from?: number): Promise<void>
  /** Sends a signal and answers the exit code. */
  end(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts the command line from source, as `npm start` does. */
export function startCommand(words: readonly string[], cwd: string): RunningCommand {
  const child = spawn(process.execPath, [BIN, ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined },
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  async function until<Value>(what: string, find: () => Value | undefined): Promise<Value> {
    const deadline = performance.now() + 15_000
    for (;;) {
      const found = find()
      if (found !== undefined) return found
      if (performance.now() > deadline || child.exitCode !== null)
        throw new Error(`Never came: ${what}\n--- stdout\n${out}\n--- stderr\n${err}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  return {
    child,
    out: () => out,
    err: () => err,
    line: (kind) =>
      until(`a line of kind "${kind}"`, () =>
        out
          .split('\n')
          .slice(0, -1)
          .map((line) => JSON.parse(line))
          .find((line) => line.kind === kind),
      ),
    says: (text, from = 0) =>
      until(`"${text}"`, () =>
        (typeof text === 'string' ? err.slice(from).includes(text) : text.test(err.slice(from))) ? true : undefined,
      ).then(() => {}),
    end(signal) {
      if (signal !== undefined) child.kill(signal)
      return ended
    },
  }
}
