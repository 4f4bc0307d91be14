import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { ownModuleUrl } from '../package-identity.ts'
import type { FromApp, ToApp } from './app-process.ts'
import type { Committed, HotRequest, Prepared } from './hot-application.ts'
import type { StartFailure, StartNotes, StartRequest } from './start-generated.ts'

/** One generation of the application, running in a process of its own. */
export interface AppGeneration {
  readonly port: number
  readonly notes: StartNotes
  /** Milliseconds on the clock of `performance.now()`. */
  readonly startedAt: number
  /** Imports the next version of what changed beside the running one. Undefined when the process ended. */
  prepare(request: HotRequest): Promise<Prepared | undefined>
  /** Puts what was prepared in the place of what runs. Undefined when the process ended, or never answers. */
  commit(): Promise<Committed | undefined>
  discard(): void
  /** Lets running requests finish and ends the process. */
  stop(): Promise<void>
  /** Called when the process ends without having been asked to. */
  onCrash(listener: () => void): void
}

export type GenerationResult =
  | { readonly ok: true; readonly generation: AppGeneration }
  | { readonly ok: false; readonly failure: StartFailure }

export interface AppPool {
  start(request: StartRequest): Promise<GenerationResult>
  /** Ends the process that is waiting to be used. */
  close(): void
}

/** Starts generations. One process is always waiting with the runtime loaded: that is what makes a saved schema live at once. */
export function createAppPool(): AppPool {
  let waiting: ChildProcess | undefined = spawnApp()
  let isClosed = false
  return {
    async start(request) {
      const child = waiting
      waiting = undefined
      // The one that was waiting may have died meanwhile. A fresh one that ends without a word has a reason to.
      const result = (child?.connected === true ? await run(child, request) : undefined) ?? (await run(spawnApp(), request)) ?? ENDED
      if (!isClosed) waiting = spawnApp()
      return result
    },
    close() {
      isClosed = true
      waiting?.kill('SIGKILL')
      waiting = undefined
    },
  }
}

function spawnApp(): ChildProcess {
  const child = fork(fileURLToPath(ownModuleUrl('compiler/dev/app-process')), {
    // What the application prints is for people; stdout is for data.
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  // A process that could not be started shows as one that ended.
  child.on('error', () => {})
  return child
}

const ENDED: GenerationResult = { ok: false, failure: { problem: 'app', message: 'its process ended before it was ready', refused: [] } }

/** Undefined when the process ended without a word. */
function run(child: ChildProcess, request: StartRequest): Promise<GenerationResult | undefined> {
  return new Promise((resolve) => {
    let isStopping = false
    let isStarted = false
    let onCrash = (): void => {}
    const ended = new Promise<void>((done) => {
      child.once('exit', () => {
        done()
        if (isStarted && !isStopping) onCrash()
        resolve(undefined)
      })
    })
    let answered = (_answer: Prepared | Committed | undefined): void => {}
    /** One question at a time. */
    const ask = <Answer extends Prepared | Committed>(message: ToApp, limitMs?: number): Promise<Answer | undefined> =>
      new Promise((resolve) => {
        const timer = limitMs === undefined ? undefined : setTimeout(() => answered(undefined), limitMs)
        answered = (answer) => {
          clearTimeout(timer)
          resolve(answer as Answer | undefined)
        }
        void ended.then(() => answered(undefined))
        if (child.connected) child.send(message)
        else answered(undefined)
      })
    child.on('message', (message: FromApp) => {
      if (message.kind === 'prepared' || message.kind === 'committed') {
        answered(message.answer)
        return
      }
      if (message.kind === 'failed') {
        resolve({ ok: false, failure: message.failure })
        return
      }
      isStarted = true
      const generation: AppGeneration = {
        port: message.port,
        notes: message.notes,
        startedAt: performance.now(),
        prepare: (request) => ask({ kind: 'prepare', request }),
        commit: () => ask({ kind: 'commit' }, COMMIT_TIMEOUT_MS),
        discard() {
          if (child.connected) child.send({ kind: 'discard' } satisfies ToApp)
        },
        async stop() {
          isStopping = true
          if (child.connected) child.send({ kind: 'stop' } satisfies ToApp)
          const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS)
          await ended
          clearTimeout(timer)
        },
        onCrash(listener) {
          onCrash = listener
        },
      }
      resolve({ ok: true, generation })
    })
    if (child.connected) child.send({ kind: 'start', request } satisfies ToApp)
  })
}

/** Every phase of a plugin has a limit of its own, unless the application lifts it. */
const COMMIT_TIMEOUT_MS = 120_000
const STOP_TIMEOUT_MS = 15_000
