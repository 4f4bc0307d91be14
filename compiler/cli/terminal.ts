/** Where a command writes, and what it may assume about the reader. */
export interface Terminal {
  /** Data: what another program would read. */
  readonly out: (text: string) => void
  /** Everything for people. */
  readonly err: (text: string) => void
  readonly hasColor: boolean
  /** A person sits there: progress may be shown and questions asked. */
  readonly isInteractive: boolean
  /** Absolute path of the folder the command was started in. */
  readonly cwd: string
  readonly env: { readonly [name: string]: string | undefined }
}

export function createProcessTerminal(words: readonly string[]): Terminal {
  const { env, stdin, stdout, stderr } = process
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    hasColor: !words.includes('--no-color') && wantsColor(env, stderr.isTTY === true),
    isInteractive: stdin.isTTY === true && stderr.isTTY === true && !isSet(env['CI']),
    cwd: process.cwd(),
    env,
  }
}

/** https://no-color.org and the FORCE_COLOR convention: a person's wish beats a guess, and no beats yes. */
export function wantsColor(env: Terminal['env'], isTty: boolean): boolean {
  if (isSet(env['NO_COLOR'])) return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  return isTty && env['TERM'] !== 'dumb'
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== ''
