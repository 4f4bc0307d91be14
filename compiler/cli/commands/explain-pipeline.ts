import { readFileSync } from 'node:fs'
import { type OperationPhase, phaseTitle, stepText } from '../../6-emit/operation-step.ts'
import { manySteps } from '../../6-emit/steps/many-steps.ts'
import { operationSteps } from '../../6-emit/steps/operation-steps.ts'
import { readSteps } from '../../6-emit/steps/read-steps.ts'
import type { StepScope } from '../../6-emit/steps/step-scope.ts'
import { relationsOfAll, stepScopes } from '../../6-emit/steps/step-scopes.ts'
import { findProject } from '../../config/load-config.ts'
import { hasErrors } from '../../diagnostics/sort-diagnostics.ts'
import { closestNames } from '../../diagnostics/suggest.ts'
import { createNodeHost } from '../../host/node-host.ts'
import { fromProjectPath } from '../../host/project-path.ts'
import { compile } from '../../index.ts'
import type { AppIr } from '../../ir/object.ts'
import { createLineIndex, type LineIndex } from '../../source/line-index.ts'
import type { Span } from '../../source/span.ts'
import type { ExitCode } from '../main.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import type { CommonOptions } from '../program.ts'
import type { Terminal } from '../terminal.ts'

/** `objectql explain pipeline account.update`: everything that runs in an operation, in order, and where it comes from. */
export async function runExplainPipeline(options: CommonOptions, terminal: Terminal, place: string | undefined): Promise<ExitCode> {
  const [objectName = '', word] = (place ?? '').split('.')
  const refuse = (message: string): ExitCode => {
    terminal.err(`error: ${message}\n`)
    return 2
  }
  if (objectName === '') return refuse("'explain pipeline' takes an object and an operation: account.update")
  const chosen =
    word === undefined ? NAMES : NAMES.filter((name) => name.toLowerCase() === (SPELLINGS[word.toLowerCase()] ?? word.toLowerCase()))
  if (chosen.length === 0) return refuse(`there is no operation '${word}'${meant(word ?? '', NAMES)}`)
  const { cwd } = terminal
  const compiled = await compile({
    cwd,
    ...(options.config === undefined ? {} : { config: options.config }),
    dump: 'ir',
    useRecord: false,
  })
  if (!compiled.isOk || hasErrors(compiled.diagnostics)) {
    await printDiagnostics(compiled, options, terminal)
    return 1
  }
  const app = compiled.dump as AppIr
  const object = app.objects.find(({ name }) => name === objectName)
  if (!object) {
    const names = app.objects.map(({ name }) => name)
    return refuse(`there is no object '${objectName}'${meant(objectName, names)}`)
  }
  const { root } = findProject(createNodeHost({ cwd }), cwd, options.config)
  const scope = stepScopes(relationsOfAll(app), linesBelow(root))(object)
  const told = chosen
    .map((operation): Told => ({ operation, phases: OPERATIONS[operation](scope) }))
    .filter(({ phases }) => phases.length > 0)
  if (options.json === true) terminal.out(told.map(jsonOf).join(''))
  else if (told.length === 0) terminal.out(`Nothing runs around ${place}.\n`)
  else terminal.out(told.map((one) => textOf(objectName, one, word === undefined)).join('\n'))
  return 0
}

type Name = 'create' | 'update' | 'delete' | 'restore' | 'purge' | 'updateMany' | 'deleteMany' | 'find' | 'get' | 'count' | 'aggregate'

const OPERATIONS: Readonly<Record<Name, (scope: StepScope) => readonly OperationPhase[]>> = {
  create: (scope) => operationSteps('create', scope),
  update: (scope) => operationSteps('update', scope),
  delete: (scope) => operationSteps('delete', scope),
  restore: (scope) => operationSteps('restore', scope),
  purge: (scope) => operationSteps('purge', scope),
  updateMany: (scope) => manySteps('update', scope),
  deleteMany: (scope) => manySteps('delete', scope),
  find: (scope) => readSteps('find', scope),
  get: (scope) => readSteps('get', scope),
  count: (scope) => readSteps('count', scope),
  aggregate: (scope) => readSteps('aggregate', scope),
}

const NAMES = Object.keys(OPERATIONS) as readonly Name[]

const SPELLINGS: Readonly<Record<string, string>> = { insert: 'create', findone: 'get', query: 'find', list: 'find' }

function meant(word: string, names: readonly string[]): string {
  const [first] = closestNames(word, names)
  return first === undefined ? '' : `\n(Did you mean ${first}?)`
}

/** Each file is read once. */
function linesBelow(root: string): (span: Span) => number {
  const indexByPath = new Map<string, LineIndex>()
  return ({ path, start }) => {
    const index = indexByPath.get(path) ?? createLineIndex(readFileSync(fromProjectPath(root, path), 'utf8'))
    indexByPath.set(path, index)
    return index.positionAt(start).line
  }
}

interface Told {
  readonly operation: Name
  readonly phases: readonly OperationPhase[]
}

function textOf(object: string, { operation, phases }: Told, isOneOfMany: boolean): string {
  const parts = phases.map((phase) =>
    [phaseTitle(phase), ...phase.steps.map((step, index) => `  ${index + 1}. ${stepText(step)}`), ''].join('\n'),
  )
  return [...(isOneOfMany ? [`${object}.${operation}\n`] : []), ...parts].join('\n')
}

const jsonOf = ({ operation, phases }: Told): string =>
  phases
    .map(({ phase, operations, says = [], steps, more }) => {
      const told = steps.map(({ kind, name, says: words, path, line, more: own }) => ({
        ...{ kind, name, says: words, path, line },
        ...own,
      }))
      return `${JSON.stringify({ schemaVersion: 1, operation, phase, ...(operations ? { operations } : {}), says, ...more, steps: told })}\n`
    })
    .join('')
