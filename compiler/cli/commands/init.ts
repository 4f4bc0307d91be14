import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { describeFailure } from '../../7-write/describe-failure.ts'
import { packageRoot } from '../../package-identity.ts'
import { VERSION } from '../../version.ts'
import type { ExitCode } from '../main.ts'
import type { CommonOptions } from '../program.ts'
import type { Terminal } from '../terminal.ts'

export interface InitOptions extends CommonOptions {
  readonly name?: string
  readonly template?: 'yaml' | 'typescript'
  readonly yes?: boolean
  readonly force?: boolean
}

interface Answers {
  readonly name: string
  readonly template: 'yaml' | 'typescript'
}

const LANGUAGE_BY_TEMPLATE = { yaml: 'written in YAML', typescript: 'written in TypeScript' } as const

/** `objectql init [folder]` */
export async function runInit(options: InitOptions, terminal: Terminal, [folder = '.']: readonly string[]): Promise<ExitCode> {
  const root = resolve(terminal.cwd, folder)
  const problem = options.name === undefined ? undefined : nameProblem(options.name)
  if (problem !== undefined) return refuse(terminal, `error: ${problem}`)
  const occupants = listOccupants(root)
  if (occupants.length > 0 && options.force !== true) {
    return refuse(
      terminal,
      `error: the folder is not empty (${occupants.slice(0, 3).join(', ')}${occupants.length > 3 ? ', …' : ''}). Choose another one, or pass --force.`,
    )
  }
  const answers = await ask(options, terminal, packageNameOf(basename(root)))
  if (answers === undefined) return refuse(terminal, 'Cancelled: nothing was written.')
  const written = await writeScaffold(root, answers)
  if (typeof written === 'string') {
    terminal.err(`error: ${written}\n`)
    return 1
  }
  report(options, terminal, { root, written, answers })
  return 0
}

function refuse(terminal: Terminal, message: string): ExitCode {
  terminal.err(`${message}\n`)
  return 2
}

/** What is in the way. A fresh repository with a licence is still an empty project. */
function listOccupants(root: string): readonly string[] {
  try {
    return readdirSync(root).filter((name) => !['.git', '.gitattributes', 'LICENSE', '.DS_Store'].includes(name))
  } catch {
    return []
  }
}

async function ask(options: InitOptions, terminal: Terminal, defaultName: string): Promise<Answers | undefined> {
  if (terminal.isInteractive && options.yes !== true && (options.name === undefined || options.template === undefined)) {
    const { askQuestions } = await import('../scaffold/ask-questions.ts')
    return askQuestions(options, defaultName)
  }
  return { name: options.name ?? defaultName, template: options.template ?? 'yaml' }
}

/** The folder's name as a package name. */
function packageNameOf(folderName: string): string {
  const name = folderName
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return name === '' ? 'app' : name
}

/** Why a name cannot be the name of a package, or undefined. */
export function nameProblem(name: string): string | undefined {
  if (/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/.test(name) && name.length <= 100) return undefined
  return `"${name}" cannot name a package. Use lower-case letters, digits and hyphens.`
}

/** Relative paths of what was written, or what went wrong. */
async function writeScaffold(root: string, { name, template }: Answers): Promise<readonly string[] | string> {
  const { renderTemplates } = await import('../scaffold/render-template.ts')
  const values = { name, title: titleOf(name), language: LANGUAGE_BY_TEMPLATE[template], objectqlVersion: VERSION }
  const files = ['common', template].flatMap((folder) => renderTemplates(join(packageRoot, 'templates', 'init', folder), values))
  try {
    for (const { path, text } of files) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    }
  } catch (error) {
    return describeFailure(error)
  }
  return files.map(({ path }) => path)
}

const titleOf = (name: string): string => name.replaceAll(/[-._]+/g, ' ').replace(/^./, (letter) => letter.toUpperCase())

interface Outcome {
  readonly root: string
  readonly written: readonly string[]
  readonly answers: Answers
}

function report({ json }: InitOptions, terminal: Terminal, { root, written, answers }: Outcome): void {
  if (json === true) {
    terminal.out(`${JSON.stringify({ schemaVersion: 1, kind: 'init', root, ...answers, written })}\n`)
    return
  }
  const place = relative(terminal.cwd, root)
  const steps = [...(place === '' ? [] : [`cd ${place}`]), 'npm install', 'npm run dev']
  terminal.err(`Made ${answers.name} with ${written.length} files. Next:\n\n${steps.map((step) => `  ${step}\n`).join('')}`)
}
