import type { PhaseName, Pipeline, PipelineStep } from '../../behaviour/pipelines.ts'
import { type Code, code, type Hole, lines, NOTHING, raw, typeSym } from '../../code/code.ts'
import { type FieldPath, pathsBelow, type RelatedPaths, relatedPaths, relatedPlan } from '../../expression/related-paths.ts'
import type { Typed } from '../../expression/typed.ts'
import type { HookIr } from '../../ir/object.ts'
import { prettyLiteral } from '../pretty-literal.ts'

const RUNTIME = 'objectql/runtime/behaviour'

const pathsOf = ({ condition }: HookIr): readonly FieldPath[] => (condition?.kind === 'expression' ? pathsBelow([condition.holds]) : [])

/** Its condition names fields of related records. */
export const looksBeyond = ({ hook }: PipelineStep): boolean => pathsOf(hook).length > 0

/** What the conditions of a phase look at beyond lookups. */
export function beyondOf({ steps }: Pipeline): RelatedPaths | undefined {
  const fields = steps.flatMap(({ hook }) => pathsOf(hook))
  return fields.length === 0 ? undefined : relatedPaths(fields)
}

/** What has to hold besides, as far as it is known without them. */
export function ownPart({ condition }: HookIr): Typed | undefined {
  if (condition?.kind !== 'expression') return undefined
  const parts = partsOf(condition.holds).filter((part) => pathsBelow([part]).length === 0)
  const [only] = parts
  return parts.length > 1 ? { kind: 'and', type: 'boolean', parts, start: 0, end: 0 } : only
}

const partsOf = (typed: Typed): readonly Typed[] => (typed.kind === 'and' ? typed.parts.flatMap(partsOf) : [typed])

/** The name of the constant with what a phase looks at. */
export const beyondName = (phase: PhaseName): string => `${phase.replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}_RELATED`

export function beyondConstants(pipelines: readonly Pipeline[]): readonly Code[] {
  return pipelines.flatMap((pipeline) => {
    const paths = beyondOf(pipeline)
    if (!paths) return []
    const start = `const ${beyondName(pipeline.phase)}: RelatedPlan = `
    const plan = raw(prettyLiteral(relatedPlan(paths), { used: start.length }))
    return [code`const ${raw(beyondName(pipeline.phase))}: ${typeSym('RelatedPlan', RUNTIME)} = ${plan}`]
  })
}

export function beyondMember(pipelines: readonly Pipeline[]): Hole {
  const members = pipelines.flatMap((pipeline) => (beyondOf(pipeline) ? [`${pipeline.phase}: [${beyondName(pipeline.phase)}]`] : []))
  if (members.length === 0) return NOTHING
  const line = `related: { ${members.join(', ')} },`
  if (line.length <= 130) return raw(line)
  return code`
related: {
  ${lines(members.map((member) => raw(`${member},`)))}
},`
}
