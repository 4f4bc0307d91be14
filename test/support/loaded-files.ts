import { spawnSync } from 'node:child_process'

export interface LoadedFile {
  readonly path: string
  readonly bytes: number
}

export interface Loaded {
  readonly files: readonly LoadedFile[]
  /** Modules of Node that were imported by name: each costs what it takes to build all of its exports. */
  readonly builtins: readonly string[]
}

const HOOK = `
import { statSync, writeSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
const files = []
const builtins = new Set()
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.push({ path: fileURLToPath(url), bytes: statSync(fileURLToPath(url)).size })
    else builtins.add(url)
    return next(url, context)
  },
})
process.on('exit', () => writeSync(3, JSON.stringify({ files, builtins: [...builtins] })))
`

/** Runs node to its end and says which modules it loaded. A count is the same on a busy machine. @throws when it fails. */
export function loadedFiles(words: readonly string[], cwd: string): Loaded {
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`
  const { status, stderr, output } = spawnSync(process.execPath, ['--import', hook, ...words], {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  if (status !== 0) throw new Error(`node ${words.join(' ')} ended with ${status}:\n${stderr}`)
  return JSON.parse(output[3] ?? '')
}
