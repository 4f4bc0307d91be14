export interface Fault {
  pointer?: string
  parameter?: string
  code: string
  message: string
}

/** Thrown anywhere in a request; answered as problem+json. */
export class HttpProblem extends Error {
  readonly status: number
  readonly code: string
  readonly errors: readonly Fault[] | undefined

  constructor(status: number, code: string, detail: string, errors?: readonly Fault[]) {
    super(detail)
    this.status = status
    this.code = code
    this.errors = errors
  }
}
