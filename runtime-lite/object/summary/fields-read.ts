import type { Condition, Expression } from '../../query/ast.ts'
import type { ObjectPlan } from '../object-plan.ts'

/** The stored fields of an object that an expression depends on, through formulas. */
export function fieldsRead(plan: ObjectPlan, part: Expression | Condition | undefined, found: Set<string>): void {
  if (typeof part !== 'object') return
  for (const value of Object.values(part)) {
    if (part.kind === 'field' && value === part.path) readPath(plan, part.path, found)
    else if (part.kind === 'related' && value === part.path) readPath(plan, part.path, found)
    else for (const inner of Array.isArray(value) ? value : [value]) if (isPart(inner)) fieldsRead(plan, inner, found)
  }
}

/** A name may hold dots: what begins the path is meant. */
function readPath(plan: ObjectPlan, path: readonly string[], found: Set<string>): void {
  const whole = path.join('.')
  const name = Object.hasOwn(plan.fields, whole) ? whole : (whole.split(/[./]/)[0] ?? whole)
  if (found.has(name)) return
  found.add(name)
  fieldsRead(plan, Object.hasOwn(plan.fields, name) ? plan.fields[name]?.formula : undefined, found)
}

const isPart = (value: unknown): value is Expression | Condition => typeof value === 'object' && value !== null && 'kind' in value
