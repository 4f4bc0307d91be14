/**
 * One thing wrong with an input: which value (JSON pointer, RFC 6901), what is wrong (stable code) and a sentence for people.
 * Validators return all of them.
 */
export interface Issue {
  readonly pointer: string
  readonly code: IssueCode
  readonly message: string
}

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
  | 'reference'
