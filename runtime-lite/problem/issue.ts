/**
 * One thing wrong with an input: which value (JSON pointer, RFC 6901), what is wrong (stable code) and a sentence for people.
 * Validators return all of them.
 */
export interface Issue {
  readonly pointer: string
  /** One of the codes below, or what a validation rule of the schema is called. */
  readonly code: IssueCode | RuleCode
  readonly message: string
}

/** `error_code` of a validation rule, else its name. */
export type RuleCode = string & {}

export type IssueCode =
  | 'required'
  | 'type'
  | 'min_length'
  | 'max_length'
  | 'pattern'
  | 'format'
  | 'min'
  | 'max'
  | 'precision'
  | 'option'
  | 'dimensions'
  | 'max_size'
  | 'read_only'
  | 'unknown_field'
  | 'duplicate'
  /** No event leads from the state it is in to this one. */
  | 'state'
  | 'reference'
