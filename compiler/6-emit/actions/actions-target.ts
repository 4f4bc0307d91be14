import { posix } from 'node:path'
import { hasHandler, isInternal, isLeftToPrograms } from '../../behaviour/action-handlers.ts'
import { type Code, code, joined, lines, NOTHING, raw, sym, typeSym } from '../../code/code.ts'
import { literal, propertyAccess, propertyKey } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { ActionIr, AppIr, FieldIr, ObjectIr } from '../../ir/object.ts'
import { pascalCase } from '../../ir/words.ts'
import { fileHeader } from '../file-header.ts'
import { createHandlerImports } from '../hooks/handler-imports.ts'
import { inComment } from '../objects/js-doc.ts'
import { type CheckedParams, paramsValidators } from '../objects/validators.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { createValidator } from '../signed-fields.ts'
import type { EmitContext, OutputFile, Target } from '../target.ts'

const RUNTIME = 'objectql/runtime/behaviour'

/** `actions/<object>.ts` (what is called, and how) and `actions/<object>-params.js` (validators of their parameters). */
export const actionsTarget: Target = { name: 'actions', emit: emitActions }

/** Called, or registered by the program. */
const isPlanned = (action: ActionIr): boolean => hasHandler(action) || isLeftToPrograms(action)

export const hasActions = (object: ObjectIr): boolean => object.actions.some(isPlanned)

function emitActions(app: AppIr, _config: unknown, context: EmitContext): readonly OutputFile[] {
  const objects = new Set(app.objects.map(({ name }) => name))
  return app.objects.filter(hasActions).flatMap((object) => {
    const stem = `actions/${object.names.file}`
    const header = fileHeader(object.span.path)
    const called = named(object)
    return [
      { path: `${stem}.ts`, text: actionsModule(object, called, { ...context, objects }) },
      { path: `${stem}-params.js`, text: sourceText({ header, body: paramsValidators(called.map(checkedParams)) }) },
      { path: `${stem}-params.d.ts`, text: sourceText({ header, body: code`${joined(called.map(paramsDeclaration), '\n\n')}` }) },
    ]
  })
}

interface NamedAction {
  readonly action: ActionIr
  /** `LeadConvertParams`: unique in the module. */
  readonly params: string
}

/** An action's parameters are checked as the fields of an object would be. */
const checkedParams = ({ action, params }: NamedAction): CheckedParams => ({
  name: `validate${params}`,
  stem: action.name,
  label: action.label,
  params: action.params,
})

function named(object: ObjectIr): readonly NamedAction[] {
  const taken = new Set<string>()
  return object.actions.filter(isPlanned).map((action) => {
    const stem = `${object.names.pascal}${pascalCase(action.name)}Params`
    let params = stem
    for (let number = 2; taken.has(params); number++) params = `${stem}${number}`
    taken.add(params)
    return { action, params }
  })
}

const paramsDeclaration = ({ params }: NamedAction): Code => code`
/** Every problem of the parameters, or undefined. Canonical spellings are written back. */
export declare function validate${raw(params)}(params: unknown, at?: string): readonly ${typeSym('Issue', 'objectql/client')}[] | undefined
`

interface ModuleContext extends EmitContext {
  /** Names of all objects. */
  readonly objects: ReadonlySet<string>
}

function actionsModule(object: ObjectIr, called: readonly NamedAction[], { lineOf, output = 'generated', objects }: ModuleContext): string {
  const imports = createHandlerImports(posix.join(output, 'actions'), [])
  const entries = called.map(({ action, params }) => {
    const place = {
      name: action.name,
      module: action.module ?? '',
      exportPath: action.exportPath ?? '',
      ...(action.isCopied ? { isCopied: true as const } : {}),
    }
    return code`
/** ${raw(inComment(`${action.label} (${action.span.path}:${lineOf(action.span)})`))} */
${raw(propertyKey(action.name))}: {
  scope: ${action.scope},
  ${lines(isInternal(action) ? [raw('isInternal: true,')] : [])}
  validate: ${createValidator({ fields: action.params.filter(isSetByDefault) }, sym(`validate${params}`, `./${object.names.file}-params.js`))},
  ${lines(defaultsOf(action))}
  ${lines(referencesOf(action, objects))}
  ${lines(hasHandler(action) ? [raw(`handler: ${imports.nameOf(place)},`)] : [])}
},
`
  })
  const constants = imports.constants((name) => sym(name, RUNTIME))
  return sourceText({
    header: [fileHeader(object.span.path), ...imports.statements()].join('\n'),
    body: code`
${
  constants.length === 0
    ? NOTHING
    : code`
${lines(constants)}

`
}
export const actions: ${typeSym('ActionPlans', RUNTIME)} = {
  ${lines(entries)}
}
`,
  })
}

/** Parameters have no meaning by their name. */
const isSetByDefault = ({ default: preset }: FieldIr): boolean => preset?.kind === 'current-user'

/** Lookups must lead to records that are there. Those kept elsewhere stay ids. */
function referencesOf({ params }: ActionIr, objects: ReadonlySet<string>): readonly Code[] {
  const targets = params.flatMap(({ name, label, reference }) =>
    reference?.object === undefined || !objects.has(reference.object) ? [] : [[name, { object: reference.object, label }] as const],
  )
  return targets.length === 0
    ? []
    : [code`references: ${raw(prettyLiteral(Object.fromEntries(targets), { used: 'references: ,'.length, margin: 4 }))},`]
}

/** Parameters that are absent get their default. */
function defaultsOf({ params }: ActionIr): readonly Code[] {
  const set = params.flatMap(({ name, default: preset }): Code[] => {
    if (!preset || preset.kind === 'current-user') return []
    const value = preset.kind === 'literal' ? literal(preset.value) : preset.kind === 'now' ? 'now' : 'now.slice(0, 10)'
    const access = `params${propertyAccess(name)}`
    return [code`if (${raw(access)} === undefined) ${raw(access)} = ${raw(value)}`]
  })
  if (set.length === 0) return []
  const usesNow = params.some(({ default: preset }) => preset?.kind === 'now' || preset?.kind === 'today')
  return [
    code`
defaults(params${raw(usesNow ? ', now' : '')}) {
  ${lines(set)}
},
`,
  ]
}
