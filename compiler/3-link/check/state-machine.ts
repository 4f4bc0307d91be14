import type { RuleSyntax } from '../../2-parse/syntax.ts'
import { diagnose } from '../../diagnostics/diagnose.ts'
import { replaceWith } from '../../diagnostics/suggest.ts'
import type { FieldIndex } from '../field-index.ts'
import type { LinkedField } from '../model.ts'
import type { Report } from '../report.ts'
import { readStateMachine, type StateMachine, type StateMention } from '../state-machine.ts'
import { suggestName } from '../suggest-name.ts'

/** What a state machine says about values that do not exist, that no record comes to have, or that none gets away from. */
export function checkStateMachine(rule: RuleSyntax, fields: FieldIndex, report: Report): void {
  const machine = readStateMachine(rule)
  const field = machine && fields.get(fields.resolve(machine.field) ?? '')
  if (!machine || !field) return
  reportUnknown(rule, machine, field, report)
  reportTerminal(rule, machine, report)
  reportReach(rule, machine, field, report)
}

const optionsOf = (field: LinkedField): readonly string[] | undefined => field.options?.map(({ value }) => String(value.value))

function reportUnknown(rule: RuleSyntax, { states, initial = [] }: StateMachine, field: LinkedField, report: Report): void {
  const options = optionsOf(field)
  if (options === undefined) return
  const known = new Set(options)
  for (const { state, pointer } of [...initial, ...states.flatMap((each): readonly StateMention[] => [each, ...each.next])]) {
    if (known.has(state)) continue
    const span = rule.spanOf(pointer)
    const suggestion = suggestName({ name: state, candidates: options, span })
    report(diagnose('link/unknown-state', span, { state, rule: nameOf(rule), field: field.name }, suggestion))
  }
}

/** A terminal state that others follow, and one that none follows but is not said to be the end. */
function reportTerminal(rule: RuleSyntax, { states }: StateMachine, report: Report): void {
  const stateByName = new Map(states.map((state) => [state.state, state]))
  for (const { state, pointer, next, nextPointer, isTerminal } of states) {
    if (isTerminal && next.length > 0 && nextPointer !== undefined) {
      const span = rule.spanOf(nextPointer)
      const notes = [{ message: 'No record leaves it: these values are not looked at.' }]
      report(diagnose('link/terminal-state', span, { state, rule: nameOf(rule) }, { notes, fixes: [replaceWith(span, '[]')] }))
    }
    if (!isTerminal && next.every((mention) => mention.state === state))
      report(diagnose('link/dead-end-state', rule.spanOf(pointer), { state, rule: nameOf(rule) }))
  }
  const targets = new Map(states.flatMap(({ next }) => next.map((mention) => [mention.state, mention] as const)))
  for (const { state, pointer } of targets.values())
    if (!stateByName.has(state)) report(diagnose('link/dead-end-state', rule.spanOf(pointer), { state, rule: nameOf(rule) }))
}

/** States that records begin with, or undefined where any may be one. */
function beginnings({ states, initial }: StateMachine, field: LinkedField): readonly string[] {
  if (initial) return initial.map(({ state }) => state)
  const preset = field.default?.kind === 'literal' ? [String(field.default.value)] : []
  const marked = field.options?.filter(({ isDefault }) => isDefault).map(({ value }) => String(value.value)) ?? []
  if (preset.length + marked.length > 0) return [...preset, ...marked]
  // Nothing says where records begin: it is what nothing leads to.
  const targets = new Set(states.flatMap(({ state, next }) => next.flatMap((mention) => (mention.state === state ? [] : [mention.state]))))
  const sources = states.filter(({ state }) => !targets.has(state)).map(({ state }) => state)
  return sources.length > 0 ? sources : states.slice(0, 1).map(({ state }) => state)
}

function reportReach(rule: RuleSyntax, machine: StateMachine, field: LinkedField, report: Report): void {
  const nextByState = new Map(machine.states.map(({ state, next, isTerminal }) => [state, isTerminal ? [] : next]))
  const reached = new Set(beginnings(machine, field))
  for (const state of reached) for (const mention of nextByState.get(state) ?? []) reached.add(mention.state)
  for (const { state, pointer } of machine.states)
    if (!reached.has(state)) report(diagnose('link/unreachable-state', rule.spanOf(pointer), { state, rule: nameOf(rule) }))
  const mentioned = new Set(machine.states.map(({ state }) => state))
  for (const { value } of field.options ?? []) {
    const option = String(value.value)
    if (reached.has(option) || mentioned.has(option)) continue
    const notes = [{ message: 'The transitions are here.', span: rule.spanOf('/transitions') }]
    report(diagnose('link/unreached-option', value.span, { option, field: field.name, rule: nameOf(rule) }, { notes }))
  }
}

const nameOf = (rule: RuleSyntax): string => (rule.name === '' ? 'state_machine' : rule.name)
