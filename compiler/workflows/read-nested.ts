import type { StepBaseIr, StepIr } from '../ir/workflow.ts'
import type { RuleNode } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import { nextOf, objectNamed } from './named-places.ts'
import { expressionValue, readValue, readValues } from './read-value.ts'
import { readWorkflowCondition } from './read-workflow-condition.ts'
import type { StepList } from './step-list.ts'

/** Rounds of a loop, where nobody says how many there may be. */
const MOST_ROUNDS = 1_000

/** Steps that stand in another one: each follows the one before. Gives the name of the first. */
function readChain(nodes: readonly RuleNode[], stem: string, list: StepList): string | undefined {
  const names = nodes.map((node, index) => list.free(node.member('name')?.text() ?? `${stem}_${index + 1}`))
  const inOrder: StepList = { ...list, isInOrder: true }
  for (const [index, node] of nodes.entries()) list.read(node, names[index] as string, names[index + 1], inOrder)
  return names[0]
}

/** Branches are names of steps, steps, lists of steps, or maps with `steps`. */
export function readParallel(node: RuleNode, base: StepBaseIr, list: StepList): StepIr {
  const given = node.member('branches', 'steps', 'parallel')
  if (!given) throw new RuleProblem('incomplete', node.span, `"${base.name}" has no branches`)
  const { timeout: _, ...rest } = base
  const branches = given.items().flatMap((branch, index): string[] => {
    const name = nextOf(branch)
    if (name !== undefined && branch.member('type') === undefined) return [name]
    const nested = Array.isArray(branch.value) ? branch.items() : (branch.member('steps')?.items() ?? [branch])
    const first = readChain(nested, `${base.name}_${index + 1}`, list)
    return first === undefined ? [] : [first]
  })
  if (branches.length === 0) throw new RuleProblem('incomplete', given.span, `"${base.name}" has no branches`)
  return { ...rest, type: 'parallel', branches }
}

export function readLoop(node: RuleNode, base: StepBaseIr, list: StepList): StepIr {
  const { scope } = list
  const body = node.member('steps', 'body', 'do', 'first_step', 'step')
  const first = body && (body.text() ?? readChain(Array.isArray(body.value) ? body.items() : [body], base.name, list))
  if (first === undefined) throw new RuleProblem('incomplete', node.span, `"${base.name}" has nothing to repeat`)
  const over = node.member('items', 'collection', 'over', 'for_each', 'in')
  const queried = node.member('object', 'query')
  const goesOn = node.member('while')
  const count = node.member('count', 'times')
  const most = node.member('max_iterations', 'limit', 'max')?.value
  const query = queried && {
    object: objectNamed(queried.text() === undefined ? (queried.member('object') ?? queried) : queried, scope),
    where: readValues(node.member('filter', 'where') ?? queried.member('filter', 'where'), scope),
  }
  const items =
    typeof count?.value === 'number' && count.value >= 0 && count.value <= MOST_ROUNDS
      ? ({ kind: 'literal', value: Array.from({ length: Math.trunc(count.value) }, (_, index) => index) } as const)
      : over && (isField(over, list) ? expressionValue(over, scope) : readValue(over, scope))
  if (!items && !query && !goesOn) throw new RuleProblem('incomplete', node.span, `nothing says what "${base.name}" goes over`)
  const { timeout: _, ...rest } = base
  return {
    ...rest,
    type: 'loop',
    first,
    as: node.member('as', 'item', 'item_variable', 'variable')?.text() ?? 'item',
    ...(items ? { items } : {}),
    ...(query ? { query } : {}),
    ...(goesOn ? { while: readWorkflowCondition(goesOn, scope.schema) } : {}),
    most: typeof most === 'number' && most > 0 ? Math.min(Math.trunc(most), MOST_ROUNDS) : MOST_ROUNDS,
  }
}

const isField = (node: RuleNode, { scope }: StepList): boolean => scope.object?.fields.some(({ name }) => name === node.text()) === true
