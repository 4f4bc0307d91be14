import type { LinkedDocument, LinkedField, LinkedObject, Model } from '../../3-link/model.ts'
import { diagnose } from '../../diagnostics/diagnose.ts'
import type { ChartIr } from '../../ir/chart.ts'
import type { MachineIr } from '../../ir/machine.ts'
import { ruleNode } from '../../rules/rule-node.ts'
import { RuleProblem } from '../../rules/rule-problem.ts'
import type { Span } from '../../source/span.ts'
import type { WorkflowScope } from '../scope.ts'
import { checkChart } from './check-chart.ts'
import { checkMachine } from './check-machine.ts'
import { isChart } from './is-chart.ts'
import { readChart } from './read-chart.ts'
import { readMachine } from './read-machine.ts'
import { stateTree } from './state-tree.ts'

/** The state machines of one object, and the fields it gets for them. */
interface ObjectMachines {
  readonly machines: MachineIr[]
  readonly charts: ChartIr[]
  readonly fields: LinkedField[]
}

/** State machines by object. What cannot be compiled is reported and left out. */
export function linkMachines(model: Model, scopeOf: (document: LinkedDocument) => WorkflowScope): ReadonlyMap<string, ObjectMachines> {
  const found = new Map<string, ObjectMachines>()
  for (const document of model.documents) {
    if (document.type !== 'state_machine' || document.object === undefined) continue
    const scope = scopeOf(document)
    const left = (problem: string, span: Span): void =>
      scope.report(diagnose('workflow/machine', span, { machine: document.name, object: document.object ?? '', problem }))
    const known = found.get(document.object) ?? { machines: [], charts: [], fields: [] }
    try {
      const taken = addMachine(document, scope, known)
      if (taken !== undefined) left(`"${taken}" has another one`, document.span)
      else found.set(document.object, known)
    } catch (error) {
      if (!(error instanceof RuleProblem)) throw error
      left(error.message, error.span)
    }
  }
  return found
}

/** Gives the field that another machine has already. @throws RuleProblem */
function addMachine(
  document: LinkedDocument,
  scope: WorkflowScope,
  { machines, charts, fields: added }: ObjectMachines,
): string | undefined {
  const taken = new Set([...machines.map(({ field }) => field), ...charts.flatMap(({ fields, snapshot = '' }) => [...fields, snapshot])])
  const root = stateTree(ruleNode(document.body, document.spanOf))
  if (isChart(root) && root.children.length > 0) {
    const { chart, fields } = readChart(document, root, scope)
    const { snapshot } = chart
    const clash = [...chart.fields, snapshot ?? ''].find((name) => name !== '' && taken.has(name))
    if (clash !== undefined) return clash
    checkChart(chart, fields).forEach(scope.report)
    charts.push(chart)
    if (snapshot !== undefined && fields.isSnapshotNew) added.push(snapshotField(snapshot, document.span))
    return undefined
  }
  const machine = readMachine(document, scope)
  if (taken.has(machine.field)) return machine.field
  const options = scope.object?.fields.find(({ name }) => name === machine.field)?.options?.map(({ value }) => String(value.value))
  checkMachine(machine, options).forEach(scope.report)
  machines.push(machine)
  return undefined
}

/** Clients read it; the machine writes it. */
const snapshotField = (name: string, span: Span): LinkedField => ({
  name,
  type: 'json',
  attributes: new Map([
    ['readonly', { value: true, span }],
    ['description', { value: 'States that are active at once, and those that were left.', span }],
  ]),
  span,
})

/** An object with its machines. */
export const withMachines = (object: LinkedObject, own: ObjectMachines | undefined): LinkedObject =>
  own
    ? {
        ...object,
        fields: [...object.fields, ...own.fields],
        ...(own.machines.length === 0 ? {} : { machines: own.machines }),
        ...(own.charts.length === 0 ? {} : { charts: own.charts }),
      }
    : object
