import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { contentHash } from '../7-write/content-hash.ts'
import type { Disk } from '../7-write/disk.ts'
import { type Observation, observeAgain } from './observation.ts'
import { type CompileState, type CompileSummary, fromEntry, type StateEntry, toEntry } from './state.ts'

/** Folder for what is worth keeping between runs but not worth committing: the record, the lock, the development database. */
export const STATE_FOLDER = '.objectql'

export interface RecordPlace {
  readonly disk: Disk
  /** Absolute path of the project. */
  readonly root: string
  /** Identity of the compiler: another one proves nothing. */
  readonly compiler: string
  /** The options that have a say in the output. Each set of options has a record of its own. */
  readonly options: string
}

/** The last compile, when it would come out the same. */
export interface CurrentRecord {
  readonly summary: CompileSummary
  readonly observations: readonly Observation[]
  readonly fileCount: number
}

const pathOf = ({ root, options }: RecordPlace): string => join(root, STATE_FOLDER, `record-${contentHash(options).slice(0, 8)}.json`)

const keyOf = ({ compiler, options }: RecordPlace): string => `${compiler}\n${options}`

/** What the last compile told, if every question it asked and every file it wrote is still as it was. */
export function readRecord(place: RecordPlace): CurrentRecord | undefined {
  const state = parseState(place)
  if (state === undefined || state.key !== keyOf(place)) return undefined
  const inputs = askAgain(state.inputs, place)
  const outputs = inputs === undefined ? undefined : askAgain(state.outputs, place)
  if (inputs === undefined || outputs === undefined) return undefined
  if (inputs.isRenewed || outputs.isRenewed) {
    const entries = (list: readonly Observation[]): readonly StateEntry[] => list.map((observation) => toEntry(observation, place.root))
    save(place, { ...state, inputs: entries(inputs.observations), outputs: entries(outputs.observations) })
  }
  return { summary: state.summary, observations: inputs.observations, fileCount: state.outputs.length }
}

/** The same questions with their answers now; undefined as soon as one answer is different. */
function askAgain(
  entries: readonly StateEntry[],
  { root, disk }: RecordPlace,
): { readonly observations: readonly Observation[]; readonly isRenewed: boolean } | undefined {
  const observations: Observation[] = []
  let isRenewed = false
  for (const entry of entries) {
    const before = fromEntry(entry, root)
    const now = observeAgain(before, disk)
    if (now.answer !== before.answer) return undefined
    isRenewed ||= now !== before
    observations.push(now)
  }
  return { observations, isRenewed }
}

function parseState(place: RecordPlace): CompileState | undefined {
  try {
    const state = JSON.parse(readFileSync(pathOf(place), 'utf8')) as CompileState
    return state.schemaVersion === 1 ? state : undefined
  } catch {
    return undefined
  }
}

export interface RecordContent {
  readonly observations: readonly Observation[]
  /** Every output file as it was written. */
  readonly outputs: () => readonly Observation[]
  readonly summary: CompileSummary
}

/** Records a successful compile. */
export function writeRecord(place: RecordPlace, { observations, outputs, summary }: RecordContent): void {
  const { root } = place
  save(place, {
    schemaVersion: 1,
    key: keyOf(place),
    inputs: observations.map((observation) => toEntry(observation, root)),
    outputs: outputs().map((observation) => toEntry(observation, root)),
    summary,
  })
}

/** Failing to is no failure: the next compile just does all its work. */
function save(place: RecordPlace, state: CompileState): void {
  const path = pathOf(place)
  try {
    createStateFolder(place.root)
    writeFileSync(`${path}.${process.pid}`, JSON.stringify(state))
    renameSync(`${path}.${process.pid}`, path)
  } catch {
    // A folder that cannot be written to costs time, not correctness.
  }
}

/** The folder ignores itself, so that no project has to remember to. */
export function createStateFolder(root: string): string {
  const folder = join(root, STATE_FOLDER)
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(join(folder, '.gitignore'), '*\n', { flag: 'wx' })
  } catch {
    // It is there already.
  }
  return folder
}

/**
 * The observations as they hold after our own writes: what was read and then written by us (the lock file, the folder it is
 * in) counts as we left it, for compiling again would lead to the same.
 */
export function withOwnWrites(observations: readonly Observation[], paths: readonly string[], disk: Disk): readonly Observation[] {
  if (paths.length === 0) return observations
  const concerned = new Set<string>()
  for (const path of paths) {
    for (let above = path; !concerned.has(above); above = dirname(above)) concerned.add(above)
  }
  return observations.map((observation) =>
    concerned.has(observation.path) ? observeAgain({ ...observation, stat: undefined }, disk) : observation,
  )
}
