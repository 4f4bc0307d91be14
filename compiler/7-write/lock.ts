import { mkdirSync, readFileSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname } from 'node:path'

export type Locked<Result> =
  | { readonly ok: true; readonly value: Result }
  /** Somebody else held the lock all the time. */
  | { readonly ok: false; readonly pid: number; readonly path: string }

export interface LockOptions {
  /** Milliseconds to wait for another process. */
  readonly timeoutMs: number
  readonly pollMs?: number
}

/** Who holds a lock. */
interface Holder {
  readonly pid: number
  readonly machine: string
  /** When the process started, milliseconds since 1970. */
  readonly started: number
}

const ME: Holder = { pid: process.pid, machine: hostname(), started: Math.round(Date.now() - process.uptime() * 1000) }

const held = new Set<string>()

/**
 * Runs an action while no other process (and no other call in this one) holds the lock. The lock of a process that is gone
 * is taken over. Where a lock file cannot be created at all, the action runs without: a folder that only one process can
 * write to must not stop it.
 */
export async function withLock<Result>(path: string, options: LockOptions, action: () => Promise<Result>): Promise<Locked<Result>> {
  const deadline = performance.now() + options.timeoutMs
  for (;;) {
    const state = held.has(path) ? 'taken' : tryAcquire(path)
    if (state === 'impossible') return { ok: true, value: await action() }
    if (state === 'acquired') break
    if (performance.now() >= deadline) return { ok: false, pid: readHolder(path)?.pid ?? process.pid, path }
    await new Promise((resolve) => setTimeout(resolve, options.pollMs ?? 25))
  }
  held.add(path)
  try {
    return { ok: true, value: await action() }
  } finally {
    held.delete(path)
    removeQuietly(path)
  }
}

function tryAcquire(path: string): 'acquired' | 'taken' | 'impossible' {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch {
    return 'impossible'
  }
  try {
    writeFileSync(path, JSON.stringify(ME), { flag: 'wx' })
    return 'acquired'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return 'impossible'
    if (isFolder(path)) return 'impossible'
  }
  if (isStale(path)) removeStale(path)
  return 'taken'
}

/**
 * Two waiting processes may both see the same stale lock; if each simply deleted it, the slower one would delete the lock
 * that the faster one has just created. So deleting is itself guarded, and the lock is looked at again inside the guard.
 */
function removeStale(path: string): void {
  const guard = `${path}.takeover`
  try {
    mkdirSync(guard)
  } catch {
    // Somebody is at it, or died at it: nobody needs more than a moment.
    if (ageOf(guard) > 10_000) removeFolderQuietly(guard)
    return
  }
  try {
    if (isStale(path)) removeQuietly(path)
  } finally {
    removeFolderQuietly(guard)
  }
}

function isStale(path: string): boolean {
  const holder = readHolder(path)
  // Empty or half written: its owner may be between creating and filling it.
  if (holder === undefined) return ageOf(path) > 2_000
  if (holder.machine !== ME.machine) return ageOf(path) > 600_000
  // Our own id, but an earlier process had it: containers hand out the same few ids again and again.
  if (holder.pid === ME.pid) return Math.abs(holder.started - ME.started) > 2_000
  try {
    process.kill(holder.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    const { pid, machine, started } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Holder>
    const isComplete = typeof pid === 'number' && typeof machine === 'string' && typeof started === 'number'
    return isComplete ? { pid, machine, started } : undefined
  } catch {
    return undefined
  }
}

/** Milliseconds since the last change; 0 when it is gone. */
function ageOf(path: string): number {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true

function removeQuietly(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // Gone already.
  }
}

function removeFolderQuietly(path: string): void {
  try {
    rmdirSync(path)
  } catch {
    // Gone already.
  }
}
