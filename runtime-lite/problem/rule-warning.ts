/** A rule of severity `warning` or `info` that a record breaks: it is written, and told. */
export interface RuleWarning {
  readonly rule: string
  readonly severity: 'warning' | 'info'
  readonly code: string
  readonly message: string
  /** JSON pointer into the request. */
  readonly pointer: string
}

/** One about a record of a write that answers with a number. */
export interface RecordWarning extends RuleWarning {
  readonly id: string
}
