import { posix } from 'node:path'
import { type Code, code, type Hole, lines, list, raw, sym, typeSym } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { MachineIr, MachineStateIr, TransitionIr } from '../../ir/machine.ts'
import type { ObjectIr } from '../../ir/object.ts'
import { camelCase } from '../../ir/words.ts'
import { fileHeader } from '../file-header.ts'
import { createHandlerImports, type Imports } from '../hooks/handler-imports.ts'
import { inComment } from '../objects/js-doc.ts'
import type { EmitContext } from '../target.ts'
import { beyondLookups } from './beyond-lookups.ts'
import { chartPlan } from './chart-plan.ts'
import { calledList, guardEntry } from './printed-calls.ts'

const RUNTIME = 'objectql/runtime/workflow'

/** `machines/<object>.ts`: the states of an object's records, and what leads from one to the other. */
export function machineModule(object: ObjectIr, { lineOf, output = 'generated' }: EmitContext): string {
  const { machines = [], charts = [] } = object
  const imports = createHandlerImports(posix.join(output, 'machines'), ['machines', 'charts'])
  const names = machines.map(({ field }) => imports.free(camelCase(field) || 'machine'))
  const plans = machines.map((machine, index) => machinePlan(machine, names[index] as string, imports, lineOf(machine.span)))
  const chartNames = charts.map(({ fields, name }) => imports.free(camelCase(fields[0] ?? name) || 'chart'))
  const chartPlans = charts.map((chart, index) => chartPlan(chart, chartNames[index] as string, imports, lineOf(chart.span)))
  const called = imports.constants((name) => sym(name, RUNTIME))
  const constants =
    called.length === 0
      ? []
      : [
          code`
${lines(called)}

`,
        ]
  return sourceText({
    header: [fileHeader(object.span.path), ...imports.statements()].join('\n'),
    body: code`
${lines(constants)}
${lines([...plans, ...chartPlans])}
${lines([...exported('machines', 'MachinePlan', names), ...exported('charts', 'ChartPlan', chartNames)])}
`,
  })
}

const exported = (constant: string, type: string, names: readonly string[]): readonly Hole[] =>
  names.length === 0
    ? []
    : [code`export const ${raw(constant)}: readonly ${typeSym(type, RUNTIME)}[] = ${list(names.map((name) => raw(name)))}`]

function machinePlan({ name, field, initial, entry, states, span }: MachineIr, constant: string, imports: Imports, line: number): Code {
  const steps = states.flatMap(({ events, always }) => [...events.flatMap(({ transitions }) => transitions), ...always])
  const calls = entry.length > 0 || steps.some(({ actions, guard }) => actions.length > 0 || guard?.kind === 'handler')
  return code`
/** ${raw(inComment(`States of "${field}" (${span.path}:${line})`))} */
const ${raw(constant)}: ${typeSym('MachinePlan', RUNTIME)} = {
  name: ${name},
  field: ${field},
  initial: ${initial},
  ${lines(calls ? [raw('calls: true,')] : [])}
  ${lines(beyondLookups(states, 2))}
  ${lines(entry.length === 0 ? [] : [code`entry: ${calledList(entry, imports)},`])}
  states: {
    ${lines(states.map((state) => stateEntry(state, imports)))}
  },
}

`
}

function stateEntry({ value, events, always }: MachineStateIr, imports: Imports): Hole {
  if (events.length === 0 && always.length === 0) return raw(`${propertyKey(value)}: {},`)
  const on = events.map(({ event, transitions }) => code`${raw(propertyKey(event))}: ${transitionList(transitions, imports)},`)
  return code`
${raw(propertyKey(value))}: {
  ${lines(
    on.length === 0
      ? []
      : [
          code`
on: {
  ${lines(on)}
},
`,
        ],
  )}
  ${lines(always.length === 0 ? [] : [code`always: ${transitionList(always, imports)},`])}
},
`
}

const transitionList = (transitions: readonly TransitionIr[], imports: Imports): Hole =>
  list(
    transitions.map((transition) => transitionEntry(transition, imports)),
    { tail: 1 },
  )

function transitionEntry({ to, guard, actions }: TransitionIr, imports: Imports): Hole {
  const parts: Hole[] = [
    ...(to === undefined ? [] : [code`to: ${to}`]),
    ...guardEntry(guard, imports),
    ...(actions.length === 0 ? [] : [code`actions: ${calledList(actions, imports)}`]),
  ]
  return list(parts, { brackets: ['{ ', ' }'], tail: 1 })
}
