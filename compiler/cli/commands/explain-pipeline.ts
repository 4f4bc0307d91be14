import { readFileSync } from 'node:fs'
import { stepText } from '../../6-emit/hooks/hooks-target.ts'
import { type Pipeline, phasesOf, pipelinesOf } from '../../behaviour/pipelines.ts'
import { findProject } from '../../config/load-config.ts'
import { hasErrors } from '../../diagnostics/sort-diagnostics.ts'
import { closestNames } from '../../diagnostics/suggest.ts'
import { createNodeHost } from '../../host/node-host.ts'
import { fromProjectPath } from '../../host/project-path.ts'
import { compile } from '../../index.ts'
import type { AppIr } from '../../ir/object.ts'
import { createLineIndex } from '../../source/line-index.ts'
import type { Span } from '../../source/span.ts'
import type { ExitCode } from '../main.ts'
import { printDiagnostics } from '../print-diagnostics.ts'
import type { CommonOptions } from '../program.ts'
import type { Terminal } from '../terminal.ts'

/** `objectql explain pipeline account.update`: what runs around an operation, in order, and where it comes from. */
export async function runExplainPipeline(options: CommonOptions, terminal: Terminal, place: string | undefined): Promise<ExitCode> {
  const [objectName = '', operation] = (place ?? '').split('.')
  if (objectName === '') {
    terminal.err("error: 'explain pipeline' takes an object and an operation: account.update\n")
    return 2
  }
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
  const { objects } = compiled.dump as AppIr
  const object = objects.find(({ name }) => name === objectName)
  if (!object) {
    const names = objects.map(({ name }) => name)
    const [first] = closestNames(objectName, names)
    terminal.err(`error: there is no object '${objectName}'${first === undefined ? '' : `\n(Did you mean ${first}?)`}\n`)
    return 2
  }
  const { root } = findProject(createNodeHost({ cwd }), cwd, options.config)
  const lineOf = ({ path, start }: Span): number =>
    createLineIndex(readFileSync(fromProjectPath(root, path), 'utf8')).positionAt(start).line
  const pipelines = pipelinesOf(object).filter(({ phase }) => operation === undefined || belongs(phase, operation))
  terminal.out(options.json === true ? jsonOf(pipelines, lineOf) : textOf(objectName, operation, pipelines, lineOf))
  return 0
}

/** `update` has its before- and after-hooks, and what runs once it is committed. */
function belongs(phase: string, operation: string): boolean {
  const folded = operation.toLowerCase()
  if (phasesOf(operation).some((known) => known === phase)) return true
  const of = phase.replace(/^(?:before|after)/, '').toLowerCase()
  const isWrite = ['create', 'insert', 'update', 'delete'].includes(folded)
  return of === (folded === 'insert' ? 'create' : folded) || (isWrite && (of === 'commit' || of === 'rollback'))
}

type LineOf = (span: Span) => number

function textOf(object: string, operation: string | undefined, pipelines: readonly Pipeline[], lineOf: LineOf): string {
  const of = operation === undefined ? object : `${object}.${operation}`
  if (pipelines.length === 0) return `No hooks run around ${of}.\n`
  return pipelines
    .map(({ phase, steps, waits }) =>
      [`${phase}${waits ? ' (waits)' : ''}`, ...steps.map((step, index) => `  ${index + 1}. ${stepText(step, lineOf)}`), ''].join('\n'),
    )
    .join('\n')
}

const jsonOf = (pipelines: readonly Pipeline[], lineOf: LineOf): string =>
  pipelines
    .map(({ phase, steps, waits }) => {
      const told = steps.map(({ hook, facts, isDetached, onError, group }) => ({
        ...{ name: hook.name, priority: hook.priority, module: hook.module, line: facts.line ?? lineOf(hook.span), isDetached, onError },
        ...(group === undefined ? {} : { group }),
      }))
      return `${JSON.stringify({ schemaVersion: 1, phase, waits, steps: told })}\n`
    })
    .join('')
