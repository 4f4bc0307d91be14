import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { describeFailure } from '../../7-write/describe-failure.ts'
import type { ExitCode } from '../main.ts'
import type { CommonOptions } from '../program.ts'
import { bareName, pluginNameProblem } from '../scaffold/plugin-name.ts'
import type { PluginAnswers, PluginTemplate } from '../scaffold/plugin-template.ts'
import type { Terminal } from '../terminal.ts'

export interface CreateOptions extends CommonOptions {
  readonly template?: PluginTemplate
  readonly description?: string
  readonly folder?: string
  readonly yes?: boolean
}

const DEFAULTS: PluginAnswers = { name: 'my-plugin', template: 'basic', description: 'A plugin for objectql.' }

/** `objectql create plugin [name]` */
export async function runCreate(options: CreateOptions, terminal: Terminal, [what, name]: readonly string[]): Promise<ExitCode> {
  if (what !== 'plugin') return refuse(terminal, `error: 'create' takes the word 'plugin', and then a name; not '${what ?? ''}'`)
  if (name === undefined && (options.yes === true || !terminal.isInteractive))
    return refuse(terminal, 'error: a plugin needs a name: objectql create plugin audit')
  const problem = name === undefined ? undefined : pluginNameProblem(name)
  if (problem !== undefined) return refuse(terminal, `error: ${problem}`)
  const answers = await ask(options, terminal, name)
  if (answers === undefined) return refuse(terminal, 'Cancelled: nothing was written.')
  const root = resolve(terminal.cwd, options.folder ?? bareName(answers.name))
  const obstacle = obstacleAt(root)
  if (obstacle !== undefined) return refuse(terminal, `error: ${obstacle} Choose another folder with --folder.`)
  const [{ renderPlugin }, { writeFolder }] = await Promise.all([
    import('../scaffold/plugin-template.ts'),
    import('../scaffold/write-folder.ts'),
  ])
  const files = renderPlugin(answers)
  try {
    writeFolder(root, files)
  } catch (error) {
    terminal.err(`error: ${describeFailure(error)}\n`)
    return 1
  }
  report(options, terminal, { root, answers, written: files.map(({ path }) => path) })
  return 0
}

async function ask(options: CreateOptions, terminal: Terminal, name: string | undefined): Promise<PluginAnswers | undefined> {
  const { template, description } = options
  if (terminal.isInteractive && options.yes !== true && (name === undefined || template === undefined || description === undefined)) {
    const { askPluginQuestions } = await import('../scaffold/ask-plugin-questions.ts')
    return askPluginQuestions({ name, template, description }, DEFAULTS)
  }
  return {
    name: name ?? DEFAULTS.name,
    template: template ?? DEFAULTS.template,
    // It becomes one line of a manifest and of a README.
    description: (description ?? DEFAULTS.description).replaceAll(/\s+/g, ' ').trim(),
  }
}

function refuse(terminal: Terminal, message: string): ExitCode {
  terminal.err(`${message}\n`)
  return 2
}

/** What is in the way: nothing that is there is ever overwritten. */
function obstacleAt(root: string): string | undefined {
  if (!existsSync(root)) return undefined
  const name = basename(root)
  if (!statSync(root).isDirectory()) return `There is a file "${name}" already.`
  const occupants = readdirSync(root)
  if (occupants.length === 0) return undefined
  return `The folder "${name}" is not empty (${occupants.slice(0, 3).join(', ')}${occupants.length > 3 ? ', …' : ''}).`
}

interface Outcome {
  readonly root: string
  readonly answers: PluginAnswers
  readonly written: readonly string[]
}

function report({ json }: CreateOptions, terminal: Terminal, { root, answers, written }: Outcome): void {
  if (json === true) {
    terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'create-plugin', root, ...answers, written })}\n`)
    return
  }
  const steps = [`cd ${relative(terminal.cwd, join(root)) || '.'}`, 'npm install', 'npm test']
  terminal.err(`Made the plugin ${answers.name} with ${written.length} files. Next:\n\n${steps.map((step) => `  ${step}\n`).join('')}`)
}
