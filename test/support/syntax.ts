import type {
  ActionSyntax,
  Attributes,
  FieldSyntax,
  HookSyntax,
  IndexSyntax,
  MetaSyntax,
  ObjectSyntax,
  OptionSyntax,
  RuleSyntax,
  SeedSyntax,
  Syntax,
} from '../../compiler/2-parse/syntax.ts'
import type { FieldType } from '../../compiler/ir/field-type.ts'
import type { Json } from '../../compiler/source/json.ts'
import { type Located, Span } from '../../compiler/source/span.ts'

/** What a test says about a field: its type, or its type, options and attributes under their canonical names. */
export type FieldSketch =
  | FieldType
  | { readonly type?: FieldType; readonly options?: readonly (string | number | OptionSketch)[]; readonly [attribute: string]: unknown }

interface OptionSketch {
  readonly value: string | number
  readonly default?: boolean
}

export interface ObjectSketch {
  readonly path?: string
  readonly stem?: string
  readonly role?: 'definition' | 'extension'
  readonly priority?: number
  readonly package?: string
  readonly fields?: Readonly<Record<string, FieldSketch>>
  readonly indexes?: readonly IndexSketch[]
  readonly rules?: readonly { readonly name: string; readonly [key: string]: Json }[]
  readonly actions?: Readonly<Record<string, ActionSketch>>
  readonly stateMachines?: Readonly<Record<string, Json>>
  /** Everything else is an attribute of the object. */
  readonly attributes?: Readonly<Record<string, Json>>
}

export interface IndexSketch {
  readonly name?: string
  readonly fields: readonly string[]
  readonly isUnique?: boolean
  readonly where?: string
}

export interface ActionSketch {
  readonly scope?: 'record' | 'global'
  readonly params?: Readonly<Record<string, FieldSketch>>
  readonly attributes?: Readonly<Record<string, Json>>
  readonly module?: string
}

/** Syntax as parsing would yield it, with a span of its own for every located value, so that a test can tell them apart. */
export function createSyntaxBuilder() {
  let offset = 0
  let path = 'test.yml'
  const at = (length = 1): Span => {
    offset += length + 1
    return Span.create(path, offset - length, offset)
  }
  const located = <Value>(value: Value): Located<Value> => ({
    value,
    span: at(typeof value === 'string' ? value.length : (JSON.stringify(value) ?? '').length),
  })
  const attributesOf = (values: Readonly<Record<string, unknown>>): Attributes =>
    new Map(Object.entries(values).map(([key, value]) => [key, located(value as Json)]))
  const inFile = <Node>(file: string, create: () => Node): Node => {
    path = file
    return create()
  }

  const field = (name: string, sketch: FieldSketch): FieldSyntax => {
    const { type, options, ...rest } = typeof sketch === 'string' ? { type: sketch, options: undefined } : sketch
    const nameAt = located(name)
    return {
      kind: 'field',
      name: nameAt,
      ...(type === undefined ? {} : { type: located(type) }),
      attributes: attributesOf(rest),
      ...(options === undefined ? {} : { options: options.map(option) }),
      span: nameAt.span,
    }
  }
  const option = (sketch: string | number | OptionSketch): OptionSyntax => {
    const { value, default: isDefault = false } = typeof sketch === 'object' ? sketch : { value: sketch }
    return { value: located(value), label: String(value), isDefault, annotations: {} }
  }
  const fields = (sketches: Readonly<Record<string, FieldSketch>> = {}): readonly FieldSyntax[] =>
    Object.entries(sketches).map(([name, sketch]) => field(name, sketch))
  const index = ({ name, fields: names, isUnique = false, where }: IndexSketch): IndexSyntax => ({
    ...(name === undefined ? {} : { name: located(name) }),
    fields: names.map(located),
    isUnique,
    ...(where === undefined ? {} : { where: located(where) }),
    span: at(),
  })
  const rule = ({ name, ...body }: { readonly name: string; readonly [key: string]: Json }): RuleSyntax => ({
    name,
    type: String(body['type'] ?? 'cross_field'),
    body: { name, ...body },
    ...pointers(),
    span: at(),
  })
  /** Pointers get a span when they are first asked for. */
  const pointers = (): { readonly spanOf: (pointer: string) => Span } => {
    const spans = new Map<string, Span>()
    const file = path
    return {
      spanOf(pointer) {
        const known = spans.get(pointer) ?? inFile(file, () => at(pointer.length))
        spans.set(pointer, known)
        return known
      },
    }
  }
  const action = (name: string, { scope = 'record', params, attributes = {}, module }: ActionSketch, object?: string): ActionSyntax => ({
    name: located(name),
    ...(object === undefined ? {} : { object: located(object) }),
    scope,
    params: fields(params),
    attributes: attributesOf(attributes),
    ...(module === undefined ? {} : { module, exportPath: name }),
    span: at(),
  })
  const object = (name: string, sketch: ObjectSketch = {}): ObjectSyntax =>
    inFile(sketch.path ?? `${name}.object.yml`, () => {
      const role = sketch.role ?? 'definition'
      return {
        kind: 'object',
        name: located(name),
        isNameInferred: false,
        stem: sketch.stem ?? name,
        role,
        priority: sketch.priority ?? (role === 'definition' ? 100 : 200),
        ...(sketch.package === undefined ? {} : { package: sketch.package }),
        queries: [],
        attributes: attributesOf(sketch.attributes ?? {}),
        fields: fields(sketch.fields),
        indexes: (sketch.indexes ?? []).map(index),
        actions: Object.entries(sketch.actions ?? {}).map(([key, value]) => action(key, value)),
        rules: (sketch.rules ?? []).map(rule),
        stateMachines: Object.entries(sketch.stateMachines ?? {}).map(([key, body]) => meta('state_machine', key, body)),
        span: at(),
      }
    })
  const meta = (type: string, name: string, body: Json, owner?: string): MetaSyntax => ({
    type,
    name,
    ...(owner === undefined ? {} : { object: located(owner) }),
    body,
    ...pointers(),
    span: at(),
  })
  const hook = (
    name: string,
    objects: readonly string[],
    events: readonly string[],
    attributes: Readonly<Record<string, Json>> = {},
  ): HookSyntax => ({
    name,
    objects: objects.map(located),
    events: events.map(located),
    module: `${name}.hook.ts`,
    exportPath: 'default',
    attributes: attributesOf(attributes),
    span: at(),
  })
  const seed = (owner: string, records: SeedSyntax['records'], rest: Partial<SeedSyntax> = {}): SeedSyntax => ({
    object: located(owner),
    mode: 'upsert',
    records,
    ...pointers(),
    span: at(),
    ...rest,
  })
  return { object, field, rule, action, meta, hook, seed, located, at, inFile }
}

export const syntaxOf = (parts: Partial<Syntax>): Syntax => ({
  objects: [],
  rules: [],
  hooks: [],
  actions: [],
  validators: [],
  permissions: [],
  workflows: [],
  apps: [],
  translations: [],
  seeds: [],
  plugins: [],
  others: [],
  ...parts,
})

/** An app of one object per entry, each in a file of its own. */
export function objectsSyntax(sketches: Readonly<Record<string, ObjectSketch>>): Syntax {
  const { object } = createSyntaxBuilder()
  return syntaxOf({ objects: Object.entries(sketches).map(([name, sketch]) => object(name, sketch)) })
}
