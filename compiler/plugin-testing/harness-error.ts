import type { Diagnostic } from '../diagnostics/diagnostic.ts'

/** Plugins, objects or fixtures of a harness do not compile. The message has every diagnostic, with its place. */
export class HarnessError extends Error {
  override readonly name = 'HarnessError'
  readonly diagnostics: readonly Diagnostic[]

  constructor(diagnostics: readonly Diagnostic[], rendered: string) {
    super(`What the harness is made of does not compile.\n\n${rendered}`)
    this.diagnostics = diagnostics
  }
}
