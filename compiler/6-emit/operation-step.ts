/** What runs in an operation, for people. */
export interface OperationStep {
  readonly kind:
    | 'autonumber'
    | 'default'
    | 'field'
    | 'history'
    | 'hook'
    | 'lookup'
    | 'machine'
    | 'middleware'
    | 'readonly'
    | 'reference'
    | 'rollup'
    | 'rule'
    | 'sign'
    | 'timers'
    | 'trash'
    | 'unique'
    | 'workflow'
    | 'write'
  readonly name: string
  /** Words about it, without its origin. */
  readonly says: readonly string[]
  /** From the root of the project. */
  readonly path: string
  /** Counted from 1. */
  readonly line: number
  /** Members of the printed JSON. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** Steps that follow each other at one place of an operation. */
export interface OperationPhase {
  readonly phase: string
  /** Operations it goes around. */
  readonly operations?: readonly string[]
  /** Words behind its name. */
  readonly says?: readonly string[]
  readonly steps: readonly OperationStep[]
  readonly more?: Readonly<Record<string, unknown>>
}

/** `closeDate (priority 50, schemas/sales/opportunity.hook.ts:12)` */
export const stepText = ({ name, says, path, line }: OperationStep): string => `${name} (${[...says, `${path}:${line}`].join(', ')})`

/** `around create (waits)` */
export const phaseTitle = ({ phase, operations = [], says = [] }: Omit<OperationPhase, 'steps'>): string =>
  `${[phase, operations.join(', ')].filter(Boolean).join(' ')}${says.length === 0 ? '' : ` (${says.join(', ')})`}`
