import { isFlagSet, memberAttribute, numberAttribute, textAttribute, textsAttribute } from '../3-link/attributes.ts'
import { compareText } from '../3-link/compare.ts'
import type { LinkedChildren, LinkedHook, LinkedMiddleware, LinkedObject } from '../3-link/model.ts'
import { searchableFields } from '../3-link/searchable-fields.ts'
import { freezeDeep } from '../ir/freeze-deep.ts'
import type { HookCondition } from '../ir/handler.ts'
import type { ApiMethod, ChildrenIr, FieldIr, HookIr, IndexIr, ObjectIr, ObjectNames } from '../ir/object.ts'
import { pluralOf } from '../ir/plural.ts'
import { titleCase } from '../ir/words.ts'
import type { LockedObject } from '../lock/lock.ts'
import { allocateColumns } from './allocate-columns.ts'
import { implicitField, isImplicitName } from './implicit-fields.ts'
import { lowerAction } from './lower-action.ts'
import { annotationsOf, lowerField } from './lower-field.ts'
import { lowerMiddleware } from './lower-plugin.ts'
import { lowerQueries } from './lower-queries.ts'
import type { ValueContext } from './lower-value.ts'

export interface ObjectContext extends ValueContext {
  readonly names: ObjectNames
  readonly table: string
  readonly locked: LockedObject | undefined
  readonly children: readonly LinkedChildren[]
  readonly isObject: (name: string) => boolean
  /** Modules of workflows that its records start. */
  readonly workflows: readonly string[]
  /** Around its operations, outermost first. */
  readonly middleware: readonly LinkedMiddleware[]
  /** Positions of plugins, in the order they start. */
  readonly pluginOrder: ReadonlyMap<string, number>
}

/** One object with everything settled. */
export function lowerObject(object: LinkedObject, context: ObjectContext): ObjectIr {
  const { name, attributes, span } = object
  const label = textAttribute(attributes, 'label') ?? titleCase(name)
  const description = textAttribute(attributes, 'description')
  return Object.freeze({
    kind: 'object',
    name,
    names: context.names,
    label,
    pluralLabel: textAttribute(attributes, 'pluralLabel') ?? pluralOf(label),
    ...(description === undefined ? {} : { description }),
    table: context.table,
    datasource: textAttribute(attributes, 'datasource') ?? 'default',
    ...(object.package === undefined ? {} : { package: object.package }),
    tags: freezeDeep([...textsAttribute(attributes, 'tags')]),
    ...(object.nameField === undefined ? {} : { nameField: object.nameField }),
    fields: Object.freeze(lowerFields(object, context)),
    indexes: Object.freeze(lowerIndexes(object)),
    children: context.children.length === 0 ? NO_CHILDREN : freezeDeep(context.children.map((child) => ({ ...child }))),
    searchable: Object.freeze(searchableFields(object)),
    methods: freezeDeep(lowerMethods(object)),
    actions: Object.freeze(object.actions.map((action) => lowerAction(action, context))),
    queries: Object.freeze(lowerQueries(object, context)),
    rules: Object.freeze(
      object.rules.map(({ name: rule, type, body, span: place }) => freezeDeep({ name: rule, type, body, span: place })),
    ),
    ...(object.compiledRules && object.compiledRules.length > 0 ? { compiledRules: freezeDeep(object.compiledRules) } : {}),
    hooks: Object.freeze(object.hooks.flatMap(lowerHook).sort(compareHooks(context.pluginOrder))),
    ...(context.middleware.length === 0 ? {} : { middleware: freezeDeep(context.middleware.map(lowerMiddleware)) }),
    ...(object.machines ? { machines: freezeDeep(object.machines) } : {}),
    ...(object.charts ? { charts: freezeDeep(object.charts) } : {}),
    ...(context.workflows.length === 0 ? {} : { workflows: freezeDeep([...context.workflows]) }),
    annotations: annotationsOf(attributes, OWN_ATTRIBUTES),
    span,
  })
}

const NO_CHILDREN: readonly ChildrenIr[] = Object.freeze([])

/** Attributes that became properties of the IR. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set([
  ...['name', 'label', 'pluralLabel', 'description', 'tableName', 'datasource', 'tags', 'nameField'],
])

/** `id` first, then the author's order, then the stamps; the ones the author declared stay where they stand. */
function lowerFields(object: LinkedObject, context: ObjectContext): FieldIr[] {
  const columnByField = allocateColumns(object.fields, context.locked?.fields ?? new Map())
  const beside = { ...context, fieldsBeside: object.fields }
  const declared = object.fields.map((field) => {
    const lowered = lowerField(field, columnByField.get(field.name), beside)
    return isImplicitName(field.name) ? implicitField(field.name, lowered, object.span) : lowered
  })
  const missing = (name: 'id' | 'created_at' | 'updated_at'): readonly FieldIr[] =>
    declared.some((field) => field.name === name) ? [] : [implicitField(name, undefined, object.span)]
  return [...missing('id'), ...declared, ...missing('created_at'), ...missing('updated_at')]
}

/** Unnamed indexes are called after their fields, with a number behind where that is taken. */
function lowerIndexes({ indexes }: LinkedObject): IndexIr[] {
  const taken = new Set(indexes.flatMap(({ name }) => name?.value.toLowerCase() ?? []))
  return indexes.map(({ name, fields, isUnique, type, where, span }) => {
    const base = `${fields.join('_')}_${isUnique ? 'key' : 'idx'}`
    let free = base
    for (let suffix = 2; name === undefined && taken.has(free.toLowerCase()); suffix++) free = `${base}_${suffix}`
    if (name === undefined) taken.add(free.toLowerCase())
    return freezeDeep({
      name: name?.value ?? free,
      fields: [...fields],
      isUnique,
      ...(type === undefined ? {} : { type }),
      ...(where === undefined ? {} : { where: where.value }),
      span,
    })
  })
}

const API_METHODS: readonly ApiMethod[] = ['get', 'list', 'create', 'update', 'delete']

function lowerMethods({ attributes }: LinkedObject): ApiMethod[] {
  if (memberAttribute(attributes, 'enable', 'apiEnabled') === false || isFlagSet(attributes, 'abstract')) return []
  const allowed = memberAttribute(attributes, 'enable', 'apiMethods')
  if (allowed === undefined || allowed === null) return [...API_METHODS]
  const listed = Array.isArray(allowed) ? allowed : [allowed]
  return API_METHODS.filter((method) => listed.includes(method))
}

const DEFAULT_PRIORITY = 100

function lowerHook({ name, events, conditions, module, exportPath, attributes, package: owner, span }: LinkedHook): readonly HookIr[] {
  const priority = numberAttribute(attributes, 'priority') ?? DEFAULT_PRIORITY
  return events.map((event) =>
    Object.freeze({
      name,
      event: event.value,
      module,
      exportPath,
      priority,
      ...(owner === undefined ? {} : { package: owner }),
      ...(conditions?.[event.value] === undefined ? {} : { condition: conditions[event.value] as HookCondition }),
      annotations: annotationsOf(attributes, HOOK_ATTRIBUTES),
      span,
    }),
  )
}

const HOOK_ATTRIBUTES: ReadonlySet<string> = new Set(['name', 'priority'])

/** Lower priority first, then the application's own before those of plugins in the order they start, then by name and place. */
const compareHooks =
  (pluginOrder: ReadonlyMap<string, number>) =>
  (a: HookIr, b: HookIr): number => {
    const rank = ({ package: owner }: HookIr): number => (owner === undefined ? -1 : (pluginOrder.get(owner) ?? pluginOrder.size))
    return (
      a.priority - b.priority ||
      rank(a) - rank(b) ||
      compareText(a.package ?? '', b.package ?? '') ||
      compareText(a.name, b.name) ||
      compareText(a.event, b.event) ||
      compareText(a.span.path, b.span.path) ||
      a.span.start - b.span.start
    )
  }
