import { conditionWaits, type Pipeline, type PipelineStep } from '../../behaviour/pipelines.ts'
import { type Code, code, fitted, type Hole, joined, lines, raw, sym, typeSym } from '../../code/code.ts'
import { literal } from '../../code/literal.ts'
import { meaningOf, type Typed } from '../../expression/typed.ts'
import type { HookIr } from '../../ir/object.ts'
import { camelCase } from '../../ir/words.ts'
import { inComment } from '../objects/js-doc.ts'
import { stepText } from '../operation-step.ts'
import type { EmitContext } from '../target.ts'
import { beyondName, beyondOf, looksBeyond, ownPart } from './beyond-lookups.ts'
import { conditionFunction } from './condition-function.ts'
import type { Imports } from './handler-imports.ts'
import { hookStep } from './hook-step.ts'

const RUNTIME = 'objectql/runtime/behaviour'

/** What the functions of one module share. */
export interface PipelineScope {
  readonly imports: Imports
  readonly lineOf: EmitContext['lineOf']
  readonly policies: Map<string, { readonly name: string; readonly code: Code }>
  /** Names of constants, by the names that functions are registered under. */
  readonly registered: Map<string, string>
  /** Printed conditions, by the text of their function. */
  readonly conditions: Map<string, { readonly name: string; readonly code: Code }>
}

/** The steps of a phase as straight-line code. */
export function pipelineFunction(pipeline: Pipeline, scope: PipelineScope): Code {
  const { phase, steps, waits } = pipeline
  const origin = steps.map((step) => stepText(hookStep(step, scope.lineOf)))
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

function blockCode(block: readonly PipelineStep[], scope: PipelineScope): Hole {
  const [only] = block
  if (block.length === 1 && only) return stepCode(only, scope)
  const sides = block.map((step) => sideCode(step, scope))
  return fitted(
    code`await ${sym('together', RUNTIME)}(${joined(sides, ', ')})`,
    () => code`
await ${sym('together', RUNTIME)}(
  ${lines(sides.map((side) => code`${side},`))}
)
`,
  )
}

/** A step beside others, as a promise: what throws at once would keep those after it from being called. */
function sideCode(step: PipelineStep, scope: PipelineScope): Code {
  const { hook, facts, onError } = step
  const isPromise = isGuarded(step) || (facts.isAsync === true && typeof hook.annotations['handler'] !== 'string')
  if (isPromise && onError === 'throw' && !hasTests(step)) return callCode(step, scope)
  return code`(async () => {
  ${stepCode(step, scope)}
})()`
}

/** A step with its condition in front. */
function stepCode(step: PipelineStep, scope: PipelineScope): Hole {
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

const hasTests = ({ hook: { condition }, operation }: PipelineStep): boolean =>
  operation !== undefined || (condition !== undefined && condition.kind !== 'never')

/** The function that says when a step is called, if it has one. */
function conditionNames({ hook }: PipelineStep, scope: PipelineScope): readonly string[] {
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
function asksNames(block: readonly PipelineStep[], scope: PipelineScope): readonly string[] {
  const [step] = block
  const own = block.length === 1 && step ? ownPart(step.hook) : undefined
  return step && own ? [conditionName(step.hook, 'Asks', own, 'looks at related records.', scope)] : []
}

function conditionName(hook: HookIr, suffix: string, holds: Typed, when: string, scope: PipelineScope): string {
  const { imports, conditions } = scope
  const key = `${handlerName(hook, scope)} ${meaningOf(holds)}`
  const known = conditions.get(key)
  if (known) return known.name
  const own = imports.free(`${handlerName(hook, scope)}${suffix}`)
  conditions.set(key, { name: own, code: conditionFunction(hook, own, holds, when) })
  return own
}

/** The constant that holds the function of a hook: imported, or registered by the program under a name. */
function handlerName(hook: HookIr, { imports, registered }: PipelineScope): string {
  const { handler } = hook.annotations
  if (typeof handler !== 'string') return imports.nameOf(hook)
  const known = registered.get(handler)
  if (known !== undefined) return known
  const own = imports.free(camelCase(handler).replace(/^(?=\d|$)/, 'hook'))
  registered.set(handler, own)
  return own
}

function guardedCall(step: PipelineStep, scope: PipelineScope): Hole {
  const { hook, facts, isDetached, onError } = step
  if (isDetached) return code`${sym('enqueue', RUNTIME)}(${raw(handlerName(hook, scope))}, context, ${raw(policyOf(step, scope))})`
  const call = code`${raw(facts.isSynchronous && !isGuarded(step) ? '' : 'await ')}${callCode(step, scope)}`
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

/** It is given up or tried again. */
const isGuarded = ({ timeout, retries }: PipelineStep): boolean => timeout !== undefined || retries > 0

function callCode(step: PipelineStep, scope: PipelineScope): Code {
  const handler = raw(handlerName(step.hook, scope))
  return isGuarded(step) ? code`${sym('attempt', RUNTIME)}(${handler}, context, ${raw(policyOf(step, scope))})` : code`${handler}(context)`
}

/** The constant that says how long to wait and how often to try. */
function policyOf(step: PipelineStep, scope: PipelineScope): string {
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
