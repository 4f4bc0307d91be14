import { isJsonObject } from '../3-link/attributes.ts'
import type { LinkedDocument, LinkedObject, Model } from '../3-link/model.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { replaceWith } from '../diagnostics/suggest.ts'
import { modelSchema } from '../expression/model-schema.ts'
import { ExpressionProblem } from '../expression/problem.ts'
import type { ExpressionSchema } from '../expression/schema.ts'
import { kebabCase } from '../ir/words.ts'
import type { WorkflowIr } from '../ir/workflow.ts'
import { type RuleNode, ruleNode, textsOf } from '../rules/rule-node.ts'
import { RuleProblem } from '../rules/rule-problem.ts'
import type { Json } from '../source/json.ts'
import { checkSteps } from './check-steps.ts'
import { linkMachines, withMachines } from './machine/link-machines.ts'
import { readWorkflow, type WorkflowDraft } from './read-workflow.ts'
import { isWorkflowRule, readWorkflowRule } from './read-workflow-rule.ts'
import { Reported } from './reported.ts'
import type { WorkflowScope } from './scope.ts'

const TRIGGER_ROOTS: ExpressionSchema['roots'] = new Set(['record', 'previous', 'current_user'] as const)
const STEP_ROOTS: ExpressionSchema['roots'] = new Set(['record', 'current_user'] as const)

/** Compiles the workflows of a model. What cannot be compiled is reported, and the workflow is left out. */
export function linkWorkflows(model: Model): { readonly model: Model; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic)
  const names = modelSchema(model.objects, (_object, field) => {
    if (field.formula) return field.formula.type
    throw new ExpressionProblem('not-translatable', { start: 0, end: 0 }, `the formula "${field.name}", which is left out`)
  })
  const roles = rolesOf(model)
  const files = new Set<string>()
  const taken = new Set<string>()
  const scopeOf = (document: LinkedDocument): WorkflowScope => {
    const object = model.objects.find(({ name }) => name === document.object)
    const base = { ...names, object: object?.name ?? '', isBlankZero: false }
    return {
      model,
      workflow: document.name,
      object,
      objectOf: (name) => objectNamed(model, name),
      schema: { ...base, roots: STEP_ROOTS },
      triggerSchema: { ...base, roots: TRIGGER_ROOTS },
      roles,
      report,
    }
  }
  const workflows = model.documents.flatMap((document): readonly WorkflowIr[] => {
    if (document.type !== 'workflow' || isOff(document.body)) return []
    const scope = scopeOf(document)
    if (taken.has(document.name)) {
      report(diagnose('workflow/left-out', document.span, { workflow: document.name, problem: 'another one has the same name' }))
      return []
    }
    const draft = compiled(document, scope)
    if (!draft) return []
    taken.add(document.name)
    const found = checkSteps(draft)
    found.forEach(report)
    if (found.some(({ severity }) => severity === 'error')) return []
    return [{ ...draft, file: fileOf(document.name, files) }]
  })
  const machines = linkMachines(model, scopeOf)
  const objects = machines.size === 0 ? model.objects : model.objects.map((object) => withMachines(object, machines.get(object.name)))
  return { model: { ...model, objects, ...(workflows.length === 0 ? {} : { workflows }) }, diagnostics }
}

/** `active: false` and the like. */
const isOff = (body: Json): boolean =>
  isJsonObject(body) && ['active', 'enabled', 'isActive', 'is_active'].some((key) => body[key] === false)

function compiled(document: LinkedDocument, scope: WorkflowScope): WorkflowDraft | undefined {
  const body = ruleNode(document.body, document.spanOf)
  try {
    return isWorkflowRule(body) ? readWorkflowRule(body, document.span, scope) : readWorkflow(body, document.span, scope)
  } catch (error) {
    if (error instanceof Reported) return undefined
    if (!(error instanceof RuleProblem)) throw error
    scope.report(problemOf(error, scope.workflow))
    return undefined
  }
}

function problemOf({ kind, message, span, meant, isExact }: RuleProblem, workflow: string): Diagnostic {
  const notes = meant === undefined ? [] : [{ message: `Did you mean "${meant}"?` }]
  const fixes = meant !== undefined && isExact ? [replaceWith(span, meant)] : []
  const problem =
    kind === 'unknown-operator' ? `"${message}" is no operator` : kind === 'unknown-function' ? `"${message}" is no function` : message
  return diagnose('workflow/left-out', span, { workflow, problem }, { notes, fixes })
}

const fold = (name: string): string => name.replace(/[\s_-]/g, '').toLowerCase()

const objectNamed = ({ objects }: Model, name: string): LinkedObject | undefined =>
  objects.find((object) => object.name === name) ?? objects.find((object) => fold(object.name) === fold(name))

/** `discount-approval`, with a number behind where two workflows would share a file. */
function fileOf(name: string, taken: Set<string>): string {
  const stem = kebabCase(name) || 'workflow'
  let file = stem
  for (let number = 2; taken.has(file); number++) file = `${stem}-${number}`
  taken.add(file)
  return file
}

/** Roles that documents define: role documents, and the lists of apps and stacks. */
function rolesOf({ documents }: Model): ReadonlySet<string> {
  const defined = documents.flatMap(({ type, name, body, spanOf }): readonly string[] => {
    if (type === 'role' || type === 'position') return [name]
    if (type !== 'app' && type !== 'permission') return []
    const roles = ruleNode(body, spanOf).member('roles')
    return roles ? namesIn(roles) : []
  })
  return new Set(defined)
}

const namesIn = (roles: RuleNode): readonly string[] =>
  Array.isArray(roles.value)
    ? roles.items().flatMap((one) => one.text() ?? one.member('name', 'role')?.text() ?? [])
    : roles.text() === undefined
      ? roles.members().map(([name]) => name)
      : textsOf(roles)
