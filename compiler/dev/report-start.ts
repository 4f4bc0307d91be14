import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { Span } from '../source/span.ts'
import { shownUrl } from './datasource.ts'
import type { PluginProblem } from './hot-application.ts'
import type { Refusal } from './migrate-database.ts'
import type { StartFailure } from './start-generated.ts'

export interface StartPlace {
  /** Path shown for the generated code. */
  readonly output: string
  /** Database as the user gave it, or undefined for the development database. */
  readonly database: string | undefined
  readonly port: number
  readonly host: string
}

/** The diagnostics for an application that did not start. */
export function reportStart({ problem, message, refused }: StartFailure, place: StartPlace): readonly Diagnostic[] {
  const { output, database, port, host } = place
  const span = Span.file(output)
  switch (problem) {
    case 'database':
      return [
        diagnose('serve/database-failed', span, { url: shownUrl(database ?? 'sqlite:.objectql/dev.db'), problem: message }, whole(message)),
      ]
    case 'port':
      return [diagnose('serve/port-in-use', span, { port, host })]
    case 'data-loss':
      return reportRefusals(refused, place)
    case 'app':
      return [diagnose('serve/app-failed', span, { problem: message }, whole(message))]
    default:
      return problem satisfies never
  }
}

/** The diagnostic for a version of a plugin that was taken back. */
export function reportKept({ plugin, phase, problem }: PluginProblem, { output }: Pick<StartPlace, 'output'>): readonly Diagnostic[] {
  return [diagnose('dev/plugin-kept', Span.file(output), { plugin, phase, problem }, whole(problem))]
}

/** Values in messages are cut; what a database said is of use as a whole only. */
const whole = (message: string): { readonly notes?: readonly { readonly message: string }[] } =>
  message.length > LONGEST_VALUE ? { notes: [{ message: `${message}.` }] } : {}

const LONGEST_VALUE = 80

/** What the database does not follow, each with the command that would make it. */
export function reportRefusals(
  refused: readonly Refusal[],
  { output, database }: Pick<StartPlace, 'output' | 'database'>,
): readonly Diagnostic[] {
  return refused.map(({ table, message, allowDrop, isBlocking }) => {
    const where =
      allowDrop !== undefined && database !== undefined
        ? [{ message: `For this database, add --db ${shownUrl(database)} to the command.` }]
        : []
    const code = isBlocking ? 'dev/destructive-change' : 'dev/kept-in-database'
    return diagnose(code, Span.file(output), { table }, { notes: [{ message }, ...where] })
  })
}
