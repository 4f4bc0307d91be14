import { posix } from 'node:path'
import { type Code, code, type Hole, lines, list, raw, sym, typeSym } from '../../code/code.ts'
import { literal, propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { CalledIr, MachineIr, MachineStateIr, TransitionIr } from '../../ir/machine.ts'
import type { ObjectIr } from '../../ir/object.ts'
import { camelCase } from '../../ir/words.ts'
import { fileHeader } from '../file-header.ts'
import { createHandlerImports, type Imports } from '../hooks/handler-imports.ts'
import { inComment } from '../objects/js-doc.ts'
import type { EmitContext } from '../target.ts'
import { condition } from './printed-values.ts'

const RUNTIME = 'objectql/runtime/workflow'

/** `machines/<object>.ts`: the states of an object's records, and what leads from one to the other. */
export function machineModule(object: ObjectIr, machines: readonly MachineIr[], { lineOf, output = 'generated' }: EmitContext): string {
  const imports = createHandlerImports(posix.join(output, 'machines'), ['machines'])
  const names = machines.map(({ field }) => imports.free(camelCase(field) || 'machine'))
  const plans = machines.map((machine, index) => machinePlan(machine, names[index] as string, imports, lineOf(machine.span)))
  return sourceText({
    header: [fileHeader(object.span.path), ...imports.statements()].join('\n'),
    body: code`
${lines(imports.constants((called) => sym(called, RUNTIME)))}

${lines(plans)}
export const machines: readonly ${typeSym('MachinePlan', RUNTIME)}[] = ${list(names.map((name) => raw(name)))}
`,
  })
}

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
    ...(guard === undefined
      ? []
      : guard.kind === 'typed'
        ? [code`guard: ${condition(guard.typed)}`]
        : [code`guardedBy: ${calledText(guard, imports)}`]),
    ...(actions.length === 0 ? [] : [code`actions: ${calledList(actions, imports)}`]),
  ]
  return list(parts, { brackets: ['{ ', ' }'], tail: 1 })
}

const calledList = (actions: readonly CalledIr[], imports: Imports): Hole =>
  list(
    actions.map((action) => calledText(action, imports)),
    { tail: 1 },
  )

const calledText = ({ handler, params }: CalledIr, imports: Imports): Hole =>
  raw(params === undefined ? `[${imports.nameOf(handler)}]` : `[${imports.nameOf(handler)}, ${literal(params)}]`)
