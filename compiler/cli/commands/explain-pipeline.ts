import { readFileSync } from 'node:fs'
import type { MiddlewareOperation } from '../../../runtime-lite/middleware/middleware.ts'
import { middlewareText } from '../../6-emit/hooks/around-function.ts'
import { stepText } from '../../6-emit/hooks/step-text.ts'
import { type AroundIr, aroundsOf, passesOn } from '../../behaviour/arounds.ts'
import { isHarmless, type Pipeline, phasesOf, pipelinesOf } from '../../behaviour/pipelines.ts'
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
  const arounds = aroundsOf(object).flatMap((around) => {
    const operations = around.operations.filter((one) => operation === undefined || isAround(one, operation))
    return operations.length === 0 ? [] : [{ ...around, operations }]
  })
  const pipelines = pipelinesOf(object).filter(({ phase }) => operation === undefined || belongs(phase, operation))
  const told: Told = { arounds, pipelines, lineOf }
  terminal.out(options.json === true ? jsonOf(told) : textOf(objectName, operation, told))
  return 0
}

/** `update` has its before- and after-hooks, and what runs once it is committed. */
function belongs(phase: string, operation: string): boolean {
  const folded = operation.toLowerCase()
  if (phasesOf(operation).some((known) => known === phase)) return true
  const of = phase.replace(/^(?:before|after)/, '').toLowerCase()
  const isWrite = ['create', 'insert', 'update', 'delete', 'restore', 'purge'].includes(folded)
  return of === (folded === 'insert' ? 'create' : folded) || (isWrite && (of === 'commit' || of === 'rollback'))
}

type LineOf = (span: Span) => number

/** `query` in any of its spellings, and `insert`. */
function isAround(around: MiddlewareOperation, operation: string): boolean {
  const folded = operation.toLowerCase()
  return around === (SPELLINGS[folded] ?? folded)
}

const SPELLINGS: Readonly<Record<string, MiddlewareOperation>> = { insert: 'create', findone: 'get' }

interface Told {
  readonly arounds: readonly AroundIr[]
  readonly pipelines: readonly Pipeline[]
  readonly lineOf: LineOf
}

function textOf(object: string, operation: string | undefined, { arounds, pipelines, lineOf }: Told): string {
  const of = operation === undefined ? object : `${object}.${operation}`
  const outside = arounds.map(({ operations, middleware }) => ({
    title: `around ${operations.join(', ')}${middleware.every(passesOn) ? '' : ' (waits)'}`,
    steps: middleware.map((one) => middlewareText(one, lineOf)),
  }))
  const inside = pipelines.map((pipeline) => ({
    title: `${pipeline.phase}${pipeline.waits ? ' (waits)' : isHarmless(pipeline) ? ' (cannot fail)' : ''}`,
    steps: pipeline.steps.map((step) => stepText(step, lineOf)),
  }))
  if (outside.length + inside.length === 0) return `No hooks run around ${of}.\n`
  return [...outside, ...inside]
    .map(({ title, steps }) => [title, ...steps.map((step, index) => `  ${index + 1}. ${step}`), ''].join('\n'))
    .join('\n')
}

function jsonOf({ arounds, pipelines, lineOf }: Told): string {
  const outside = arounds.map(({ operations, middleware }) => ({
    ...{ schemaVersion: 1, phase: 'around', operations, waits: !middleware.every(passesOn) },
    steps: middleware.map(({ name, plugin, module, facts, span, phase }) => ({
      ...{ name, plugin, module, line: facts?.line ?? lineOf(span) },
      ...(phase === undefined ? {} : { place: phase }),
    })),
  }))
  const inside = pipelines.map((pipeline) => {
    const { phase, steps, waits } = pipeline
    const told = steps.map(({ hook, facts, isDetached, onError, group }) => ({
      ...{ name: hook.name, priority: hook.priority, module: hook.module, line: facts.line ?? lineOf(hook.span), isDetached, onError },
      ...(group === undefined ? {} : { group }),
    }))
    return { schemaVersion: 1, phase, waits, ...(isHarmless(pipeline) ? { cannotFail: true } : {}), steps: told }
  })
  return [...outside, ...inside].map((one) => `${JSON.stringify(one)}\n`).join('')
}
