import { relative } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { fromProjectPath } from '../host/project-path.ts'
import type { Span } from '../source/span.ts'
import type { CommonOptions } from './program.ts'
import type { Terminal } from './terminal.ts'

/** Diagnostics with what it takes to show them. */
export interface Problems {
  readonly diagnostics: readonly Diagnostic[]
  /** Absolute path of the project. */
  readonly root: string
  readonly textOf: (path: string) => string | undefined
}

/** Prints diagnostics for whoever reads: people, a program (`--json`), GitHub's review page. */
export async function printDiagnostics(problems: Problems, options: CommonOptions, terminal: Terminal): Promise<void> {
  if (problems.diagnostics.length === 0) return
  if (options.json === true) {
    const { renderJson } = await import('../diagnostics/render-json.ts')
    terminal.out(renderJson(problems.diagnostics, problems.textOf))
  } else {
    const { renderPretty } = await import('../diagnostics/render-pretty.ts')
    const { diagnostics, textOf } = relocate(problems, terminal.cwd)
    const limit = options.all === true ? { limit: Number.POSITIVE_INFINITY } : {}
    terminal.err(`${renderPretty(diagnostics, textOf, { color: terminal.hasColor, ...limit })}\n`)
  }
  if (terminal.env['GITHUB_ACTIONS'] === 'true') {
    const { renderGithub } = await import('../diagnostics/render-github.ts')
    // Annotations name files from the top of the repository, wherever in it the project is.
    const { diagnostics, textOf } = relocate(problems, terminal.env['GITHUB_WORKSPACE'] ?? terminal.cwd)
    terminal.err(renderGithub(diagnostics, textOf))
  }
}

/** The same diagnostics with paths relative to another folder: those of the reader, who may stand below the project. */
function relocate({ diagnostics, root, textOf }: Problems, base: string): Pick<Problems, 'diagnostics' | 'textOf'> {
  if (base === root) return { diagnostics, textOf }
  const originalByShown = new Map<string, string>()
  const move = (span: Span): Span => {
    const shown = relative(base, fromProjectPath(root, span.path)).replaceAll('\\', '/')
    const path = shown === '' ? '.' : shown
    originalByShown.set(path, span.path)
    return { ...span, path }
  }
  const moved = diagnostics.map((diagnostic) => ({
    ...diagnostic,
    span: move(diagnostic.span),
    notes: diagnostic.notes.map((note) => (note.span === undefined ? note : { ...note, span: move(note.span) })),
  }))
  return { diagnostics: moved, textOf: (path) => textOf(originalByShown.get(path) ?? path) }
}

/** `1 error, 2 warnings`, or undefined when there is nothing to count. */
export function countProblems(diagnostics: readonly Diagnostic[]): string | undefined {
  const counts = (['error', 'warning'] as const).flatMap((severity) => {
    const count = diagnostics.filter((diagnostic) => diagnostic.severity === severity).length
    return count === 0 ? [] : [plural(count, severity)]
  })
  return counts.length === 0 ? undefined : counts.join(', ')
}

export const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
