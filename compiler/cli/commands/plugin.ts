import { resolve } from 'node:path'
import type { Validation } from '../../plugin-validate/validate-plugin.ts'
import type { ExitCode } from '../main.ts'
import { countProblems, plural, printDiagnostics } from '../print-diagnostics.ts'
import type { CommonOptions } from '../program.ts'
import type { Terminal } from '../terminal.ts'

export interface PluginOptions extends CommonOptions {
  readonly format?: 'text' | 'json' | 'github'
}

/** `objectql plugin validate [path]` */
export async function runPlugin(options: PluginOptions, terminal: Terminal, [what, path = '.']: readonly string[]): Promise<ExitCode> {
  if (what !== 'validate') return refuse(terminal, `error: 'plugin' takes the word 'validate', and then a path; not '${what ?? ''}'`)
  const { validatePlugin } = await import('../../plugin-validate/validate-plugin.ts')
  const validation = await validatePlugin({ path: resolve(terminal.cwd, path), strict: options.strict === true })
  if (validation === undefined) return refuse(terminal, `error: there is nothing at '${path}'`)
  await print(validation, options, terminal)
  return validation.isOk ? 0 : 1
}

function refuse(terminal: Terminal, message: string): ExitCode {
  terminal.err(`${message}\n`)
  return 2
}

async function print(validation: Validation, options: PluginOptions, terminal: Terminal): Promise<void> {
  const format = options.format ?? (options.json === true ? 'json' : 'text')
  const { isOk, diagnostics, plugins, root } = validation
  const env = format === 'github' ? { ...terminal.env, GITHUB_ACTIONS: 'true' } : terminal.env
  await printDiagnostics(validation, { ...options, json: format === 'json' }, { ...terminal, env })
  if (format === 'json') terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'plugin-validate', isOk, plugins, root })}\n`)
  else terminal.err(`${summary(plugins, countProblems(diagnostics))}\n`)
}

function summary(plugins: Validation['plugins'], problems: string | undefined): string {
  const named = plugins.map(({ name, version }) => (version === undefined ? name : `${name} ${version}`)).join(', ')
  if (plugins.length === 0) return `Found no plugin: ${problems ?? 'failed'}.`
  return `Validated ${named} (${plural(plugins.length, 'plugin')}): ${problems ?? 'no problem'}.`
}
