import { contentHash } from '../7-write/content-hash.ts'
import type { Disk } from '../7-write/disk.ts'
import type { Host } from '../host/host.ts'
import { isModuleFailure, type ModuleFailure } from '../host/module-failure.ts'
import { fromProjectPath } from '../host/project-path.ts'
import type { KnownText } from './memory.ts'
import { hashNames, isSameFile, type Observation, settledStat, UNKNOWN_ANSWER } from './observation.ts'

/** Written by npm, pnpm and Yarn whenever what is installed changes: stands for every imported package. */
const INSTALLED_PACKAGES = ['node_modules/.package-lock.json', 'node_modules/.modules.yaml', 'node_modules/.yarn-state.yml']

/** File times move in steps: up to this long after a change, the time of the change may lie before it. */
const CLOCK_TICK_MS = 20

export interface RecordingHost extends Host {
  readonly observations: () => readonly Observation[]
}

/**
 * A compile is a function of what it asks its host, so the list of questions and answers is all there is to know about
 * whether it would come out the same. The first answer to a question counts.
 */
export function createRecordingHost(host: Host, disk: Pick<Disk, 'stat'>, known: Map<string, KnownText> = new Map()): RecordingHost {
  const byKey = new Map<string, Observation>()
  const textByPath = new Map<string, string | undefined>()
  /** The file is looked at before it is read: a change in between makes the record wrong in the safe direction. */
  function observe<Answer>(
    kind: Observation['kind'],
    path: string,
    ask: () => Answer,
    print: (answer: Answer) => string | undefined,
  ): Answer {
    const key = `${kind}\0${path}`
    if (byKey.has(key)) return ask()
    const stat = kind === 'exists' ? undefined : settledStat(disk.stat(path))
    const answer = ask()
    byKey.set(key, { kind, path, answer: print(answer), stat })
    return answer
  }
  const distrust = (path: string): void => {
    const key = `file\0${path}`
    const seen = byKey.get(key)
    if (seen !== undefined) byKey.set(key, { ...seen, answer: UNKNOWN_ANSWER, stat: undefined })
  }
  /** Each text is read once: what is shown of a file later is what was compiled. */
  function readText(path: string): string | undefined {
    if (textByPath.has(path)) return textByPath.get(path)
    const stat = settledStat(disk.stat(path))
    const before = known.get(path)
    const isUntouched = before !== undefined && stat !== undefined && isSameFile(before.stat, stat)
    const text = isUntouched ? before.text : host.readText(path)
    const answer = isUntouched ? before.hash : text === undefined ? undefined : contentHash(text)
    if (text !== undefined && answer !== undefined && stat !== undefined) known.set(path, { text, hash: answer, stat })
    else known.delete(path)
    textByPath.set(path, text)
    byKey.set(`file\0${path}`, { kind: 'file', path, answer, stat })
    return text
  }
  const list = (path: string): readonly string[] | undefined =>
    observe(
      'folder',
      path,
      () => host.list(path),
      (names) => (names === undefined ? undefined : hashNames(names)),
    )
  return {
    ...host,
    observations: () => [...byKey.values()],
    readText,
    list,
    exists: (path) =>
      observe(
        'exists',
        path,
        () => host.exists(path),
        (exists) => (exists ? '+' : '-'),
      ),
    async importModule(path) {
      const started = Date.now()
      try {
        const module = await host.importModule(path)
        noteModules(module.inputs, started)
        return module
      } catch (error) {
        if (isModuleFailure(error)) {
          noteModules([path, ...error.inputs], started)
          noteMissing(error, path)
        }
        throw error
      }
    },
  }

  function noteModules(inputs: readonly string[], started: number): void {
    for (const input of inputs) {
      readText(input)
      // Changed while it was being executed: nobody knows which text was executed, so no later text counts as the same.
      if ((disk.stat(input)?.changed ?? 0) > started - CLOCK_TICK_MS) distrust(input)
      // A new neighbour may change what an import without extension means.
      list(fromProjectPath(input, '..'))
    }
    for (let folder = host.cwd; ; folder = fromProjectPath(folder, '..')) {
      for (const name of INSTALLED_PACKAGES) readText(fromProjectPath(folder, name))
      if (fromProjectPath(folder, '..') === folder) break
    }
  }

  /** Where the file that an import did not find would appear. */
  function noteMissing({ specifier, place }: ModuleFailure, path: string): void {
    if (specifier?.startsWith('.') === true) list(fromProjectPath(fromProjectPath(place?.path ?? path, '..'), `${specifier}/..`))
  }
}
