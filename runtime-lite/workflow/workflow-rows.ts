import type { RawRecord } from '../object/object-plan.ts'

/**
 * `completing` and `failing`: its last steps (`on_success`, `on_failure`) run. `failed` instances stay until somebody tries again or lets
 * them be.
 */
export type InstanceState = 'running' | 'completing' | 'failing' | 'completed' | 'failed' | 'cancelled'

/** `ready`: runs when it is due. `waiting`: for people, or for the steps below it. `reassigned`: another row asks somebody else. */
export type StepState = 'ready' | 'waiting' | 'done' | 'skipped' | 'failed' | 'expired' | 'cancelled' | 'reassigned'

/** One run of a workflow. Times are milliseconds since 1970. */
export interface InstanceRow {
  readonly id: string
  readonly workflow: string
  readonly object: string | null
  readonly record: string | null
  readonly state: InstanceState
  readonly outcome: string | null
  readonly variables: RawRecord
  /** Number of activations so far. */
  readonly steps: number
  readonly error: string | null
  readonly started_by: string | null
  readonly started_at: number
  readonly ended_at: number | null
}

/** One activation of a step. */
export interface StepRow {
  readonly id: string
  readonly instance: string
  readonly workflow: string
  readonly step: string
  readonly type: string
  readonly state: StepState
  /** When it runs, or its time is over. Null: nothing happens by itself. */
  readonly due_at: number | null
  /** Attempts that failed. */
  readonly attempt: number
  /** Order within the instance, from 1. */
  readonly position: number
  readonly assignee_type: string | null
  readonly assignee: string | null
  readonly object: string | null
  readonly record: string | null
  /** Activation of the `parallel` or `loop` it belongs to. */
  readonly parent: string | null
  /** What a step that goes on later keeps. */
  readonly memo: RawRecord
  readonly outcome: string | null
  readonly action: string | null
  readonly comment: string | null
  readonly acted_by: string | null
  readonly error: string | null
  readonly created_at: number
  readonly ended_at: number | null
}

export const INSTANCE_COLUMNS = [
  ...['id', 'workflow', 'object', 'record', 'state', 'outcome', 'variables', 'steps', 'error', 'started_by', 'started_at', 'ended_at'],
] as readonly (keyof InstanceRow)[]

export const STEP_COLUMNS = [
  ...[
    'id',
    'instance',
    'workflow',
    'step',
    'type',
    'state',
    'due_at',
    'attempt',
    'position',
    'assignee_type',
    'assignee',
    'object',
    'record',
  ],
  ...['parent', 'memo', 'outcome', 'action', 'comment', 'acted_by', 'error', 'created_at', 'ended_at'],
] as readonly (keyof StepRow)[]

const NUMBERS: ReadonlySet<string> = new Set(['due_at', 'attempt', 'position', 'created_at', 'ended_at', 'steps', 'started_at'])
const JSONS: ReadonlySet<string> = new Set(['variables', 'memo'])

export const kindOf = (column: string): 'integer' | 'text' => (NUMBERS.has(column) ? 'integer' : 'text')

/** A row as the drivers give it: servers give 64-bit numbers as text. */
export function readRow<Row>(columns: readonly (keyof Row & string)[], values: readonly unknown[]): Row {
  const row: RawRecord = {}
  for (const [index, column] of columns.entries()) {
    const value = values[index] ?? null
    row[column] =
      value === null ? null : NUMBERS.has(column) ? Number(value) : JSONS.has(column) ? JSON.parse(String(value)) : String(value)
  }
  return row as Row
}

/** A value as it is stored. */
export const storedValue = (column: string, value: unknown): string | number | null =>
  value === undefined || value === null ? null : JSONS.has(column) ? JSON.stringify(value) : (value as string | number)
