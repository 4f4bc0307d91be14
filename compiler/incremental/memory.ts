import type { LoadMemory } from '../1-load/load.ts'
import type { ParseMemory } from '../2-parse/parse.ts'
import { createPrintMemory, noMemory, type PrintMemory } from '../6-emit/print-memory.ts'
import type { FileStat } from '../7-write/disk.ts'
import type { ResolvedConfig } from '../config/config.ts'
import type { AppIr } from '../ir/object.ts'
import type { Lock } from '../lock/lock.ts'
import { type ReadLock, readLock } from '../lock/read-lock.ts'
import { shareUnchanged } from './share-unchanged.ts'

/** A text and the stat that proves that the file still holds it. */
export interface KnownText {
  readonly text: string
  readonly hash: string
  readonly stat: FileStat
}

/** What a compiler that runs again and again keeps in memory. All of it only saves work. */
export interface SessionMemory {
  /** Input files as they were read last, by absolute path. */
  readonly textByPath: Map<string, KnownText> | undefined
  readonly loaded: LoadMemory | undefined
  readonly parsed: ParseMemory | undefined
  /** Output files as they were written or compared last, by absolute path. */
  readonly writtenByPath: Map<string, KnownText> | undefined
  /** The app with the objects of the last one wherever they are equal. */
  share(app: AppIr): AppIr
  readLock(text: string | undefined): ReadLock
  /** The lock that was written, so that it need not be read again. */
  keepLock(text: string, lock: Lock): void
  /** What was printed under this configuration. */
  printMemoryFor(config: ResolvedConfig): PrintMemory
}

/** For a single compile, which would only pay for remembering. */
export const noSessionMemory: SessionMemory = {
  textByPath: undefined,
  loaded: undefined,
  parsed: undefined,
  writtenByPath: undefined,
  share: (app) => app,
  readLock: (text) => readLock(text),
  keepLock() {},
  printMemoryFor: () => noMemory,
}

export function createSessionMemory(): SessionMemory {
  let app: AppIr | undefined
  let lock: { readonly text: string; readonly lock: Lock } | undefined
  let printed: { readonly config: string; readonly memory: PrintMemory } | undefined
  return {
    textByPath: new Map(),
    loaded: new Map(),
    parsed: new WeakMap(),
    writtenByPath: new Map(),
    share(next) {
      app = shareUnchanged(app, next)
      return app
    },
    readLock: (text) => (lock !== undefined && lock.text === text ? { lock: lock.lock, diagnostics: [] } : readLock(text)),
    keepLock(text, next) {
      lock = { text, lock: next }
    },
    printMemoryFor(config) {
      const key = JSON.stringify(config)
      if (printed?.config !== key) printed = { config: key, memory: createPrintMemory() }
      return printed.memory
    },
  }
}
