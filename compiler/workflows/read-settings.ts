import { suggestName } from '../3-link/suggest-name.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { WorkflowIr, WorkflowRightIr } from '../ir/workflow.ts'
import { type RuleNode, textsOf } from '../rules/rule-node.ts'
import { reportRole } from './read-assignees.ts'
import type { WorkflowScope } from './scope.ts'

const RIGHTS: readonly (readonly [WorkflowRightIr, readonly string[]])[] = [
  ['view', ['view', 'read', 'see']],
  ['cancel', ['cancel', 'abort', 'stop']],
  ['retry', ['retry', 'restart']],
  ['reassign', ['reassign', 'delegate']],
]

/** Names of the four rights, and of what they are spelled. */
const KNOWN = ['start', 'execute', 'initiate', 'roles', 'manage', 'admin', ...RIGHTS.flatMap(([, names]) => names)]

/** `{ start: [rep], view: [auditor], manage: [admin] }`, or roles alone: those that may start it. `manage` is all but starting. */
export function readPermissions(node: RuleNode | undefined, scope: WorkflowScope): Pick<WorkflowIr, 'roles' | 'may'> {
  if (!node) return { roles: [], may: [] }
  const isList = Array.isArray(node.value) || node.text() !== undefined
  const rolesOf = (...places: readonly (RuleNode | undefined)[]): readonly string[] => {
    const named = places.flatMap((place) => place?.items() ?? [])
    for (const one of named) if (one.text() !== undefined && !EVERYBODY.has(one.text() ?? '')) reportRole(one.text() ?? '', one, scope)
    return [...new Set(places.flatMap((place) => textsOf(place)))]
  }
  if (isList) return { roles: rolesOf(node), may: [] }
  for (const [name, one] of node.members())
    if (!KNOWN.includes(name.toLowerCase().replace(/^can_/, '')))
      scope.report(
        diagnose('workflow/setting', one.span, { workflow: scope.workflow, setting: `permissions.${name}`, problem: 'it is no right' }),
      )
  const member = (names: readonly string[]): RuleNode | undefined => node.member(...names, ...names.map((name) => `can_${name}`))
  const manage = member(['manage', 'admin'])
  return {
    roles: rolesOf(member(['start', 'execute', 'roles', 'initiate'])),
    may: RIGHTS.flatMap(([right, names]) => {
      const roles = rolesOf(member(names), manage)
      return roles.length === 0 ? [] : [{ right, roles }]
    }),
  }
}

const EVERYBODY: ReadonlySet<string> = new Set(['*', 'everyone'])

const PRIORITIES: Readonly<Record<string, number>> = { critical: 1, urgent: 1, high: 10, medium: 100, normal: 100, low: 1_000 }

/** The default of hooks. */
const DEFAULT = 100

/** Smaller numbers first, as with hooks. */
export function priorityOf(node: RuleNode | undefined, scope: WorkflowScope): { readonly priority?: number } {
  if (!node || node.value === null) return {}
  const text = node.text()?.trim().toLowerCase()
  const named = text !== undefined && Object.hasOwn(PRIORITIES, text) ? PRIORITIES[text] : undefined
  const priority =
    typeof node.value === 'number' ? node.value : (named ?? (text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined))
  if (priority !== undefined && Number.isInteger(priority) && priority >= 0 && priority <= 1_000_000)
    return priority === DEFAULT ? {} : { priority }
  const notes = suggestName({ name: text ?? '', candidates: Object.keys(PRIORITIES), span: node.span })
  const problem = 'a priority is a whole number, or high, normal, low'
  scope.report(diagnose('workflow/setting', node.span, { workflow: scope.workflow, setting: 'priority', problem }, notes))
  return {}
}

/** How the steps of the list go: one after the other, or side by side. Everything runs after the write that starts it, as `async` says. */
export function modeOf(node: RuleNode | undefined, scope: WorkflowScope): 'sequential' | 'parallel' | undefined {
  const text = node?.text()?.trim().toLowerCase()
  if (!node || node.value === null || (text !== undefined && /^(?:async|asynchronous|background|deferred|default)$/.test(text)))
    return undefined
  if (text === 'sequential' || text === 'serial') return 'sequential'
  if (text === 'parallel' || text === 'concurrent') return 'parallel'
  const isSync = text !== undefined && /^(?:sync|synchronous|immediate|inline)$/.test(text)
  const problem = isSync ? 'steps run after the write: write a hook' : 'it is sequential, parallel or async'
  scope.report(diagnose('workflow/setting', node.span, { workflow: scope.workflow, setting: 'execution_mode', problem }))
  return undefined
}
