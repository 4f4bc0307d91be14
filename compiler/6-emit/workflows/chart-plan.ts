import { type Code, code, type Hole, lines, list, raw, typeSym } from '../../code/code.ts'
import { propertyKey } from '../../code/literal.ts'
import type { ChartIr, ChartStateIr, ChartTransitionIr } from '../../ir/chart.ts'
import type { Imports } from '../hooks/handler-imports.ts'
import { inComment } from '../objects/js-doc.ts'
import { beyondLookups } from './beyond-lookups.ts'
import { calledList, guardEntry } from './printed-calls.ts'

const RUNTIME = 'objectql/runtime/workflow'

const transitionsOf = ({ on, always, done, after }: ChartStateIr): readonly ChartTransitionIr[] => [
  ...on.flatMap(({ transitions }) => transitions),
  ...[always, done, ...after.map(({ transitions }) => transitions)].flat(),
]

/** The constant of a machine whose states are a tree. */
export function chartPlan({ name, fields, snapshot, states, span }: ChartIr, constant: string, imports: Imports, line: number): Code {
  const calls = states.some(
    (state) =>
      state.entry.length + state.exit.length > 0 ||
      transitionsOf(state).some(({ actions, guard }) => actions.length > 0 || guard?.kind === 'handler'),
  )
  const what = fields.length === 0 ? name : fields.map((field) => `"${field}"`).join(', ')
  return code`
/** ${raw(inComment(`States of ${what} (${span.path}:${line})`))} */
const ${raw(constant)}: ${typeSym('ChartPlan', RUNTIME)} = {
  name: ${name},
  ${lines(snapshot === undefined ? [] : [code`snapshot: ${snapshot},`])}
  ${lines(calls ? [raw('calls: true,')] : [])}
  ${lines(states.some(({ after }) => after.length > 0) ? [raw('hasTimers: true,')] : [])}
  ${lines(beyondLookups(states, 2))}
  states: [
    ${lines(states.map((state) => stateEntry(state, imports)))}
  ],
}

`
}

function stateEntry(state: ChartStateIr, imports: Imports): Hole {
  const { path, name, value, type, initial, field, to, on, always, done, after, entry, exit } = state
  const members: Hole[] = [
    code`path: ${path}`,
    ...(value === name ? [] : [code`value: ${value}`]),
    ...(type === undefined ? [] : [code`type: ${type}`]),
    ...(initial === undefined ? [] : [code`initial: ${initial}`]),
    ...(field === undefined ? [] : [code`field: ${field}`]),
    ...(to === undefined ? [] : [code`to: ${list([...to])}`]),
    ...(entry.length === 0 ? [] : [code`entry: ${calledList(entry, imports)}`]),
    ...(exit.length === 0 ? [] : [code`exit: ${calledList(exit, imports)}`]),
  ]
  const blocks: Hole[] = [
    ...(on.length === 0
      ? []
      : [
          code`
on: {
  ${lines(on.map(({ event, transitions }) => code`${raw(propertyKey(event))}: ${transitionList(transitions, imports)},`))}
},
`,
        ]),
    ...(always.length === 0 ? [] : [code`always: ${transitionList(always, imports)},`]),
    ...(done.length === 0 ? [] : [code`done: ${transitionList(done, imports)},`]),
    ...timers(after, imports),
  ]
  if (blocks.length === 0) return code`${list(members, { brackets: ['{ ', ' }'], tail: 1 })},`
  return code`
{
  ${lines(members.map((member) => code`${member},`))}
  ${lines(blocks)}
},
`
}

/** Several stand below each other. */
function timers(after: ChartStateIr['after'], imports: Imports): readonly Hole[] {
  const entries = after.map(({ delay, transitions }) => code`{ delay: ${delay}, transitions: ${transitionList(transitions, imports)} }`)
  if (entries.length < 2) return entries.map((entry) => code`after: [${entry}],`)
  return [
    code`
after: [
  ${lines(entries.map((entry) => code`${entry},`))}
],
`,
  ]
}

const transitionList = (transitions: readonly ChartTransitionIr[], imports: Imports): Hole =>
  list(
    transitions.map((transition) => transitionEntry(transition, imports)),
    { tail: 1 },
  )

function transitionEntry({ to, guard, in: inside, actions }: ChartTransitionIr, imports: Imports): Hole {
  const parts: Hole[] = [
    ...(to === undefined ? [] : [code`to: ${list([...to])}`]),
    ...(inside === undefined ? [] : [code`in: ${inside}`]),
    ...guardEntry(guard, imports),
    ...(actions.length === 0 ? [] : [code`actions: ${calledList(actions, imports)}`]),
  ]
  return list(parts, { brackets: ['{ ', ' }'], tail: 1 })
}
