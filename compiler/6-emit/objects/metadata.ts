import { type Code, code, raw, sym } from '../../code/code.ts'
import type { ActionIr, FieldIr, ObjectIr } from '../../ir/object.ts'
import type { Json } from '../../source/json.ts'
import { described, type Plain } from '../described.ts'
import { prettyLiteral } from '../pretty-literal.ts'
import { inComment } from './js-doc.ts'
import { metadataName } from './type-names.ts'

/** The frozen constant that says what the schema says: labels, types, options and everything else its author wrote. */
export function metadataConstant(object: ObjectIr, runtime: string): Code {
  return code`
/** What the schema says about ${raw(inComment(object.label))}, as plain data. */
export const ${raw(metadataName(object))} = /* @__PURE__ */ ${sym('frozen', runtime)}(${raw(prettyLiteral(objectMetadata(object), { used: `export const ${metadataName(object)} = /* @__PURE__ */ frozen()`.length }))})
`
}

/** The object as metadata APIs show it. */
export function objectMetadata(object: ObjectIr): Plain {
  const { name, label, pluralLabel, description } = object
  return {
    ...described({ type: 'object', name, label, pluralLabel, description }, object.annotations),
    nameField: object.nameField,
    package: object.package,
    tags: object.tags.length > 0 ? object.tags : undefined,
    fields: Object.fromEntries(object.fields.map((field) => [field.name, fieldMetadata(field) as Json])),
    indexes:
      object.indexes.length > 0
        ? object.indexes.map(({ name, fields, isUnique }) => ({ name, fields, ...(isUnique ? { unique: true } : {}) }))
        : undefined,
    actions: object.actions.length > 0 ? object.actions.map((action) => actionMetadata(action) as Json) : undefined,
    methods: object.methods,
  }
}

function fieldMetadata(field: FieldIr): Plain {
  const { type, label, description, value, reference } = field
  return {
    ...described({ type, label, description }, field.annotations),
    required: field.isRequired || undefined,
    readonly: field.isReadonly || field.isComputed || undefined,
    writeOnly: field.isWriteOnly || undefined,
    unique: field.isUnique || undefined,
    multiple: field.isList || undefined,
    options:
      value.kind === 'option'
        ? value.options.map(({ value, label, annotations }) => described({ value, label }, annotations) as Json)
        : undefined,
    reference: reference ? (reference.object ?? (reference.authored.length === 1 ? reference.authored[0] : reference.authored)) : undefined,
    defaultValue: field.default ? (field.default.kind === 'literal' ? field.default.value : `$${field.default.kind}`) : undefined,
    ...constraints(value),
  }
}

function constraints(value: FieldIr['value']): Plain {
  switch (value.kind) {
    case 'string':
      return { minLength: value.minLength, maxLength: value.maxLength, pattern: value.pattern, format: value.format }
    case 'number':
      return { min: value.min, max: value.max, scale: value.isInteger ? 0 : value.scale }
    case 'attachment':
      return { maxSize: value.maxSize, accept: value.accept }
    case 'vector':
      return { dimensions: value.dimensions }
    default:
      return {}
  }
}

const actionMetadata = ({ name, scope, label, description, params, annotations }: ActionIr): Plain => ({
  ...described({ name, type: scope, label, description }, annotations),
  params: params.length > 0 ? Object.fromEntries(params.map((field) => [field.name, fieldMetadata(field) as Json])) : undefined,
})
