import { posix } from 'node:path'
import * as FUNCTIONS from '../../../runtime-lite/expression/functions.ts'
import { type AroundIr, aroundNeeds, aroundsOf } from '../../behaviour/arounds.ts'
import { conditionWaits, PHASES, type PhaseName, type Pipeline, type PipelineStep, pipelinesOf } from '../../behaviour/pipelines.ts'
import { type Code, code, type Hole, lines, raw, sym, typeSym } from '../../code/code.ts'
import { literal } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import { meaningOf, type Typed } from '../../expression/typed.ts'
import type { AppIr, HookIr, ObjectIr } from '../../ir/object.ts'
import { camelCase } from '../../ir/words.ts'
import { fileHeader } from '../file-header.ts'
import { inComment } from '../objects/js-doc.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'
import { aroundFunction, aroundMember, aroundName } from './around-function.ts'
import { beyondConstants, beyondMember, beyondName, beyondOf, looksBeyond, ownPart } from './beyond-lookups.ts'
import { conditionFunction } from './condition-function.ts'
import { createHandlerImports, type Imports } from './handler-imports.ts'
import { hookTypes } from './hook-types.ts'
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
  const scope: Scope = { imports, lineOf: context.lineOf, policies: new Map(), conditions: new Map(), registered: new Map() }
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

interface Scope {
  readonly imports: Imports
  readonly lineOf: EmitContext['lineOf']
  readonly policies: Map<string, { readonly name: string; readonly code: Code }>
  /** Names of constants, by the names that functions are registered under. */
  readonly registered: Map<string, string>
  /** Printed conditions, by the text of their function. */
  readonly conditions: Map<string, { readonly name: string; readonly code: Code }>
}

/** What the store has to provide for. */
export function flagsOf(pipelines: readonly Pipeline[], arounds: readonly AroundIr[] = []): readonly string[] {
  const needs = aroundNeeds(arounds)
  const reads = pipelines.filter(({ phase }) => isRead(phase))
  const writes = pipelines.filter(({ phase }) => !isRead(phase))
  const endsMatter = writes.some(({ phase, steps }) => /^after(?:Commit|Rollback)$/.test(phase) || steps.some((step) => step.isDetached))
  const waits = endsMatter || writes.some((pipeline) => pipeline.waits) || needs.has('waits')
  const independent = writes.filter((pipeline) => !pipeline.waits && /^before(?:Update|Delete)$/.test(pipeline.phase))
  return [
    ...(waits ? ['waits: true'] : []),
    ...(waits && independent.length > 0 ? [`independent: [${independent.map(({ phase }) => literal(phase)).join(', ')}]`] : []),
    ...(reads.some(({ waits }) => waits) || needs.has('readsWait') ? ['readsWait: true'] : []),
    ...(needs.has('recovers') ? ['recovers: true'] : []),
    ...(needs.has('needsPrevious') ? ['needsPrevious: true'] : readsOf(pipelines)),
  ]
}

const isRead = (phase: PhaseName): boolean => /Find|Count|Aggregate/.test(phase)

/** `closeDate (priority 50, schemas/sales/opportunity.hook.ts:12)` */
export function stepText(
  { hook, facts, isDetached, onError, timeout, retries, group, operation }: PipelineStep,
  lineOf: EmitContext['lineOf'],
): string {
  const said = [
    `priority ${hook.priority}`,
    ...(hook.package === undefined ? [] : [hook.package]),
    ...(isDetached ? ['nobody waits for it'] : []),
    ...(group === undefined ? [] : [`side by side, group ${group}`]),
    ...(operation === undefined ? [] : [`of ${operation} alone`]),
    ...(hook.condition === undefined
      ? []
      : [hook.condition.kind === 'expression' ? `when ${hook.condition.source}` : 'when its condition says so']),
    ...(onError === 'throw' ? [] : [onError === 'log' ? 'errors are reported' : 'errors are ignored']),
    ...(timeout === undefined ? [] : [`timeout ${timeout} ms`]),
    ...(retries === 0 ? [] : [`${retries} retries`]),
    `${hook.module}:${facts.line ?? lineOf(hook.span)}`,
  ]
  return `${hook.name} (${said.join(', ')})`
}

function pipelineFunction(pipeline: Pipeline, scope: Scope): Code {
  const { phase, steps, waits } = pipeline
  const origin = steps.map((step) => stepText(step, scope.lineOf))
  const beyond = beyondOf(pipeline)
  const parts = blocksOf(steps)
  const printed = (from: number): readonly Hole[] => {
    const [block, ...later] = parts.slice(from)
    if (!block) return []
    const canStop = later.length > 0 && block.some(({ facts, isDetached }) => facts.stops && !isDetached)
    const body = [blockCode(block, scope), ...(canStop ? [raw('if (context.isStopped) return')] : [])]
    if (!beyond || !block.some(looksBeyond)) return [...body, ...printed(from + 1)]
    const plan = [...asksNames(block, scope).map((name) => `${name}(context)`), beyondName(phase)].join(' && ')
    if (waits) return [code`await ${sym('relatedTo', RUNTIME)}(context, ${raw(plan)})`, ...body, ...printed(from + 1)]
    return [
      code`
return ${sym('afterRelated', RUNTIME)}(context, ${raw(plan)}, () => {
  ${lines([...body, ...printed(from + 1)])}
})
`,
    ]
  }
  const result = waits ? 'Promise<void>' : beyond ? 'unknown' : 'void'
  return code`
/**
 * ${raw(`${phase}, in order:`)}
 ${lines(origin.map((text) => raw(`* - ${inComment(text)}`)))}
 */
${raw(waits ? 'async function' : 'function')} ${raw(phase)}(context: ${typeSym('HookContext', RUNTIME)}): ${raw(result)} {
  ${lines(printed(0))}
}

`
}

/** Steps of one group together, all others alone. */
function blocksOf(steps: readonly PipelineStep[]): readonly (readonly PipelineStep[])[] {
  const blocks: PipelineStep[][] = []
  for (const step of steps) {
    const last = blocks.at(-1)
    if (step.group !== undefined && last?.[0]?.group === step.group) last.push(step)
    else blocks.push([step])
  }
  return blocks
}

function blockCode(block: readonly PipelineStep[], scope: Scope): Hole {
  const [only] = block
  if (block.length === 1 && only) return stepCode(only, scope)
  return code`
await ${sym('together', RUNTIME)}(
  ${lines(
    block.map(
      (step) => code`(async () => {
  ${stepCode(step, scope)}
})(),`,
    ),
  )}
)
`
}

/** A step with its condition in front. */
function stepCode(step: PipelineStep, scope: Scope): Hole {
  const call = guardedCall(step, scope)
  const tests = [
    ...(step.operation === undefined ? [] : [`context.operation === ${literal(step.operation)}`]),
    ...conditionNames(step, scope).map((name) => `${conditionWaits(step) ? 'await ' : ''}${name}(context)`),
  ]
  if (tests.length === 0) return call
  const isOneLine = step.isDetached || step.onError === 'throw'
  return isOneLine
    ? code`if (${raw(tests.join(' && '))}) ${call}`
    : code`
if (${raw(tests.join(' && '))}) {
  ${call}
}
`
}

/** The function that says when a step is called, if it has one. */
function conditionNames({ hook }: PipelineStep, scope: Scope): readonly string[] {
  const { imports } = scope
  const { condition, name } = hook
  if (condition?.kind === 'function')
    return [
      imports.nameOf({
        name: `${name} applies`,
        module: hook.module,
        exportPath: condition.exportPath,
        ...(hook.isCopied ? { isCopied: true } : {}),
      }),
    ]
  if (condition?.kind !== 'expression') return []
  const said = condition.source.replace(/\s+/g, ' ').trim()
  return [conditionName(hook, 'Applies', condition.holds, `is called: ${said}`, scope)]
}

/** The function that says whether a condition can hold, before what is beyond lookups is read. Without one it has to be. */
function asksNames(block: readonly PipelineStep[], scope: Scope): readonly string[] {
  const [step] = block
  const own = block.length === 1 && step ? ownPart(step.hook) : undefined
  return step && own ? [conditionName(step.hook, 'Asks', own, 'looks at related records.', scope)] : []
}

function conditionName(hook: HookIr, suffix: string, holds: Typed, when: string, scope: Scope): string {
  const { imports, conditions } = scope
  const key = `${handlerName(hook, scope)} ${meaningOf(holds)}`
  const known = conditions.get(key)
  if (known) return known.name
  const own = imports.free(`${handlerName(hook, scope)}${suffix}`)
  conditions.set(key, { name: own, code: conditionFunction(hook, own, holds, when) })
  return own
}

/** The constant that holds the function of a hook: imported, or registered by the program under a name. */
function handlerName(hook: HookIr, { imports, registered }: Scope): string {
  const { handler } = hook.annotations
  if (typeof handler !== 'string') return imports.nameOf(hook)
  const known = registered.get(handler)
  if (known !== undefined) return known
  const own = imports.free(camelCase(handler).replace(/^(?=\d|$)/, 'hook'))
  registered.set(handler, own)
  return own
}

function guardedCall(step: PipelineStep, scope: Scope): Hole {
  const { hook, facts, isDetached, onError, timeout, retries } = step
  const handler = raw(handlerName(hook, scope))
  if (isDetached) return code`${sym('enqueue', RUNTIME)}(${handler}, context, ${raw(policyOf(step, scope))})`
  const isGuarded = timeout !== undefined || retries > 0
  const call = isGuarded
    ? code`await ${sym('attempt', RUNTIME)}(${handler}, context, ${raw(policyOf(step, scope))})`
    : code`${raw(facts.isSynchronous ? '' : 'await ')}${handler}(context)`
  if (onError === 'throw') return call
  if (onError === 'ignore')
    return code`
try {
  ${call}
} catch {
  // Its schema says to ignore what goes wrong here.
}
`
  return code`
try {
  ${call}
} catch (error) {
  ${sym('logged', RUNTIME)}(context, ${hook.name}, error)
}
`
}

/** The constant that says how long to wait and how often to try. */
function policyOf(step: PipelineStep, scope: Scope): string {
  const { imports, policies } = scope
  const { hook, timeout, retries, backoff } = step
  const handler = handlerName(hook, scope)
  const known = policies.get(handler)
  if (known) return known.name
  const name = imports.free(`${handler.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}_POLICY`)
  const members = [
    `name: ${literal(hook.name)}`,
    ...(timeout === undefined ? [] : [`timeout: ${timeout}`]),
    ...(retries === 0 ? [] : [`retries: ${retries}`, `backoff: ${backoff}`]),
  ]
  policies.set(handler, { name, code: code`const ${raw(name)}: ${typeSym('StepPolicy', RUNTIME)} = { ${raw(members.join(', '))} }` })
  return name
}
