import { posix } from 'node:path'
import * as FUNCTIONS from '../../../runtime-lite/expression/functions.ts'
import { type AroundIr, aroundNeeds, aroundsOf } from '../../behaviour/arounds.ts'
import { isHarmless, PHASES, type PhaseName, type Pipeline, pipelinesOf } from '../../behaviour/pipelines.ts'
import { code, lines, raw, sym, typeSym } from '../../code/code.ts'
import { literal } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from '../objects/js-doc.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { aroundFunction, aroundMember, aroundName } from './around-function.ts'
import { beyondConstants, beyondMember, beyondName } from './beyond-lookups.ts'
import { createHandlerImports } from './handler-imports.ts'
import { hookTypes } from './hook-types.ts'
import { type PipelineScope, pipelineFunction } from './pipeline-function.ts'
import { readsOf } from './reads-of.ts'

const RUNTIME = 'objectql/runtime/behaviour'

/** `hooks/<object>.ts`: the hooks of each object as straight-line code. Objects without hooks have no such file. */
export const hooksTarget: Target = { name: 'hooks', emit: emitHooks }

export const hasPipelines = (object: ObjectIr): boolean =>
  (object.hooks.length > 0 && pipelinesOf(object).length > 0) || (object.middleware !== undefined && aroundsOf(object).length > 0)

function emitHooks(app: AppIr, _config: unknown, context: EmitContext): readonly OutputFile[] {
  const modules = app.objects.filter(hasPipelines).map((object) => ({
    path: `hooks/${object.names.file}.ts`,
    text: hooksModule(object, context),
  }))
  // Also where each of them is left out: their authors have to see the types.
  return app.objects.some(({ hooks }) => hooks.length > 0) ? [...modules, { path: 'hooks.d.ts', text: hookTypes(app) }] : modules
}

function hooksModule(object: ObjectIr, context: EmitContext): string {
  const pipelines = pipelinesOf(object)
  const arounds = aroundsOf(object)
  const folder = posix.join(context.output ?? 'generated', 'hooks')
  const imports = createHandlerImports(folder, [
    ...PHASES,
    'behaviour',
    'valuesOf',
    'next',
    ...arounds.map(aroundName),
    'relatedTo',
    'afterRelated',
    ...PHASES.map(beyondName),
    ...Object.keys(FUNCTIONS),
  ])
  const scope: PipelineScope = { imports, lineOf: context.lineOf, policies: new Map(), conditions: new Map(), registered: new Map() }
  const functions = pipelines.map((pipeline) => pipelineFunction(pipeline, scope))
  const nests = arounds.map((around) => aroundFunction(around, scope))
  const policies = [...scope.policies.values()].map(({ code: text }) => text)
  const conditions = [...scope.conditions.values()].map(({ code: text }) => text)
  return sourceText({
    header: [fileHeader(object.span.path), ...imports.statements()].join('\n'),
    body: code`
${lines(imports.constants((name) => sym(name, RUNTIME)))}
${lines([...scope.registered].map(([name, own]) => code`const ${raw(own)} = ${sym('registeredHandler', RUNTIME)}(${name})`))}
${lines(policies)}
${lines(beyondConstants(pipelines))}

${lines([...conditions, ...nests, ...functions])}
/** ${raw(inComment(`What happens around reads and writes of ${object.label}.`))} */
export const behaviour: ${typeSym('Behaviour', RUNTIME)} = {
  ${lines(flagsOf(pipelines, arounds).map((flag) => raw(`${flag},`)))}
  ${beyondMember(pipelines)}
  ${aroundMember(arounds)}
  ${lines(pipelines.map(({ phase }) => raw(`${phase},`)))}
}
`,
  })
}

/** What the store has to provide for. */
export function flagsOf(pipelines: readonly Pipeline[], arounds: readonly AroundIr[] = []): readonly string[] {
  const needs = aroundNeeds(arounds)
  const reads = pipelines.filter(({ phase }) => isRead(phase))
  const writes = pipelines.filter(({ phase }) => !isRead(phase))
  const endsMatter = writes.some(({ phase, steps }) => /^after(?:Commit|Rollback)$/.test(phase) || steps.some((step) => step.isDetached))
  const waits = endsMatter || writes.some((pipeline) => pipeline.waits) || needs.has('waits')
  const harmless = writes.filter(isHarmless).map(({ phase }) => phase)
  const independent = writes.filter((pipeline) => !pipeline.waits && /^before(?:Update|Delete)$/.test(pipeline.phase))
  return [
    ...(waits ? ['waits: true'] : []),
    ...(waits && independent.length > 0 ? [`independent: [${independent.map(({ phase }) => literal(phase)).join(', ')}]`] : []),
    ...(!waits && harmless.length > 0 ? [`harmless: [${harmless.join(', ')}]`] : []),
    ...(reads.some(({ waits }) => waits) || needs.has('readsWait') ? ['readsWait: true'] : []),
    ...(needs.has('recovers') ? ['recovers: true'] : []),
    ...(needs.has('needsPrevious') ? ['needsPrevious: true'] : readsOf(pipelines)),
  ]
}

const isRead = (phase: PhaseName): boolean => /Find|Count|Aggregate/.test(phase)
