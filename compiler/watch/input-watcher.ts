import { existsSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { nodeDisk } from '../7-write/node-disk.ts'
import type { ProjectResult } from '../compile-project.ts'
import { type Observation, observeAgain } from '../incremental/observation.ts'
import { STATE_FOLDER } from '../incremental/record.ts'

export interface InputWatcher {
  /** Watches what this compile asked about. Resolves when a change can no longer be missed. */
  follow(result: Pick<ProjectResult, 'observations' | 'root' | 'output'>): Promise<void>
  close(): Promise<void>
}

export interface InputWatcherOptions {
  readonly debounceMs: number
  /** Some answer is different now. */
  readonly onChange: () => void
}

/** Git holds this while it writes a work tree: half a branch is no branch. */
const GIT_LOCK_POLL_MS = 30
const GIT_LOCK_PATIENCE_MS = 10_000

/**
 * Watches the folders of everything a compile looked at, one level each: that shows changed, new, deleted and renamed files,
 * imported ones and the configuration included. An event only raises the question; the answer decides.
 */
export function createInputWatcher({ debounceMs, onChange }: InputWatcherOptions): InputWatcher {
  const watched = new Set<string>()
  let observations: readonly Observation[] = []
  let root = ''
  let output = ''
  let timer: NodeJS.Timeout | undefined
  const watcher: FSWatcher = watch([], { depth: 0, ignoreInitial: true, ignored: (path) => isIgnored(path), atomic: true })
  watcher.on('all', (event, path) => {
    // A folder that comes back after this has to be watched again.
    if (event === 'unlinkDir') watched.delete(path)
    schedule(debounceMs)
  })
  // Losing one folder's events (too many watches) must not end the process; the next compile asks for it again.
  watcher.on('error', () => schedule(debounceMs))

  function isIgnored(path: string): boolean {
    if (path === output || path.startsWith(output + sep) || path.startsWith(join(root, STATE_FOLDER))) return true
    return path.includes(`${sep}node_modules${sep}`) && !watched.has(path) && !observations.some((observation) => observation.path === path)
  }

  function schedule(delay: number, since = performance.now()): void {
    clearTimeout(timer)
    timer = setTimeout(() => {
      if (isGitWriting(root) && performance.now() - since < GIT_LOCK_PATIENCE_MS) schedule(GIT_LOCK_POLL_MS, since)
      else if (hasChanged()) onChange()
    }, delay)
  }

  const hasChanged = (): boolean => observations.some((observation) => observeAgain(observation, nodeDisk).answer !== observation.answer)

  return {
    async follow(result) {
      observations = result.observations
      root = result.root
      output = result.output
      const wanted = foldersToWatch(observations)
      const added = [...wanted].filter((folder) => !watched.has(folder))
      const dropped = [...watched].filter((folder) => !wanted.has(folder))
      for (const folder of added) watched.add(folder)
      for (const folder of dropped) watched.delete(folder)
      watcher.unwatch(dropped)
      if (added.length === 0) return
      await addAndWait(watcher, added)
      // What changed between the compile's look and the first watch.
      if (hasChanged()) schedule(debounceMs)
    },
    async close() {
      clearTimeout(timer)
      await watcher.close()
    },
  }
}

function foldersToWatch(observations: readonly Observation[]): ReadonlySet<string> {
  const folders = new Set<string>()
  for (const { kind, path, answer } of observations) {
    // A missing folder shows in the nearest one above it that exists.
    let folder = kind === 'folder' && answer !== undefined ? path : dirname(path)
    while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder)
    folders.add(folder)
  }
  return folders
}

/** chokidar tells only once, at the start, that it is ready: later additions are awaited through what it watches. */
async function addAndWait(watcher: FSWatcher, folders: readonly string[]): Promise<void> {
  watcher.add([...folders])
  for (let turn = 0; turn < 200; turn++) {
    const known = watcher.getWatched()
    if (folders.every((folder) => Object.hasOwn(known, folder))) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

function isGitWriting(from: string): boolean {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return existsSync(join(folder, '.git', 'index.lock'))
    if (dirname(folder) === folder) return false
  }
}
