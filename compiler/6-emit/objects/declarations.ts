import { type Code, code, type Hole, lines, NOTHING, type Raw, raw, typeSym } from '../../code/code.ts'
import { LINE_WIDTH } from '../../code/line-width.ts'
import { propertyKey, quote } from '../../code/literal.ts'
import { sourceText } from '../../code/source-text.ts'
import type { FieldIr, ObjectIr } from '../../ir/object.ts'
import type { Span } from '../../source/span.ts'
import { actionTypes } from './action-types.ts'
import { fieldDoc, objectDoc } from './field-doc.ts'
import { filterType, hasPaths, inputType, isSortable, optionUnion, readableFields, recordType } from './field-type-text.ts'
import { jsDoc } from './js-doc.ts'
import { optionType } from './option-type.ts'
import { queryTypes } from './query-types.ts'
import { metadataName, type TypeNames } from './type-names.ts'
import { uniqueKeys } from './unique-keys.ts'
import { writableFields } from './validators.ts'

/** Where declarations import shared types from: an entry point without types of any platform, so that it loads in a browser project too. */
export const TYPES_MODULE = 'objectql/client'

export interface DeclarationContext {
  /** First line of the file. */
  readonly header: string
  /** Line of a span in its file, counted from 1. */
  readonly lineOf: (span: Span) => number
  readonly objectByName: ReadonlyMap<string, ObjectIr>
  readonly namesByObject: ReadonlyMap<string, TypeNames>
}

/** `objects/<file>.d.ts`: everything a program can say about one object, in plain interfaces. */
export function objectDeclarations(object: ObjectIr, context: DeclarationContext): string {
  const names = namesOf(object.name, context)
  const docByField = new Map(object.fields.map((field) => [field.name, jsDoc(fieldDoc(field))]))
  const property = (field: FieldIr, type: string, mark: string): readonly Raw[] => [
    docByField.get(field.name) ?? NOTHING,
    undocumented(field, type, mark),
  ]
  const changes = writableFields(object).flatMap((field) => property(field, inputType(field, names), OPTIONAL))
  return sourceText({
    header: `${context.header}\nimport type * as ql from '${TYPES_MODULE}'`,
    self: `./${object.names.file}.js`,
    body: code`
${lines(optionTypes(object, names, context))}
${jsDoc(objectDoc(object), source(object.span, context))}
export interface ${raw(names.record)} {
  ${lines(readableFields(object).flatMap((field) => property(field, recordType(field, names), REQUIRED)))}
}

/** A change: what is absent stays, null clears. */
${updateType(names.update, changes)}

export interface ${raw(names.create)} extends ${raw(names.update)} {
  id?: string
  ${lines(
    writableFields(object)
      .filter(isNeeded)
      .map((field) => undocumented(field, inputType(field, names), REQUIRED)),
  )}
}

export interface ${raw(names.filter)} extends ql.Logic<${raw(names.filter)}> {
  ${lines(filterableFields(object).map((field) => filterEntry(field, names, context)))}
  ${lines(childrenOf(object, context.objectByName).map(({ name, target }) => filterOfChildren(name, target, context)))}
  ${lines(jsonPaths(object))}
}

${sortType(object, names, context)}

export type ${raw(names.select)} = keyof ${raw(names.record)}

${expandType(object, names, context)}

export interface ${raw(names.model)} {
  record: ${raw(names.record)}
  create: ${raw(names.create)}
  update: ${raw(names.update)}
  filter: ${raw(names.filter)}
  sort: ${raw(names.sort)}
  expand: ${raw(names.expand)}
  key: ${raw(keyType(object, names))}
  relations: ${relationsType(relationsOf(object, context.objectByName), context)}
  children: ${relationsType(childrenOf(object, context.objectByName), context)}
}

${lines(queryTypes(object, names, context))}
${lines(actionTypes(object, names, context))}
export declare const ${raw(metadataName(object))}: ql.ObjectMetadata
export declare const validate${raw(names.record)}Create: ql.Validate
export declare const validate${raw(names.record)}Update: ql.Validate
`,
  })
}

function updateType(name: string, properties: readonly Raw[]): Code {
  if (properties.length === 0) return code`export type ${raw(name)} = Record<never, never>`
  return code`
export interface ${raw(name)} {
  ${lines(properties)}
}
`
}

function namesOf(objectName: string, { namesByObject }: DeclarationContext): TypeNames {
  const names = namesByObject.get(objectName)
  if (names === undefined) throw new Error(`No type names for the object "${objectName}".`)
  return names
}

const source = (span: Span, { lineOf }: DeclarationContext): string => `${span.path}:${lineOf(span)}`

const REQUIRED = ':'
const OPTIONAL = '?:'

function undocumented(field: FieldIr, type: string, mark: string): Raw {
  const key = propertyKey(field.name)
  // An object literal that leaves such a field out still has the inherited function, and TypeScript compares that.
  const inherited = mark === OPTIONAL && INHERITED.has(field.name) ? ` | Object[${quote(field.name)}]` : ''
  return raw(`${key}${mark} ${type}${inherited}`)
}

/** Members of TypeScript's `Object`. */
const INHERITED: ReadonlySet<string> = new Set(
  'constructor toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable'.split(' '),
)

/** In a `where` clause, what starts with `$` is an operator. */
const filterableFields = (object: ObjectIr): readonly FieldIr[] => readableFields(object).filter(({ name }) => !name.startsWith('$'))

/** Must be there when a record is made. */
const isNeeded = (field: FieldIr): boolean => field.isRequired && field.default === undefined

function optionTypes(object: ObjectIr, names: TypeNames, context: DeclarationContext): readonly Hole[] {
  return object.fields.flatMap((field) => {
    const name = names.optionByField.get(field.name)
    if (name === undefined || field.value.kind !== 'option') return []
    return [jsDoc('', source(field.span, context)), raw(`${optionType(`export type ${name} =`, optionUnion(field.value))}\n`)]
  })
}

function sortType(object: ObjectIr, names: TypeNames, context: DeclarationContext): Raw {
  const start = `export type ${names.sort} = ql.Sort<`
  const row = sortedRow(object, names)
  const fields = unsortable(object)
  const relations = relationsOf(object, context.objectByName).some(({ field }) => isSortable(field)) ? [`${names.model}['relations']`] : []
  const rest = fields.length === 0 ? relations.map((type) => `never, ${type}`) : [fields.join(' | '), ...relations]
  const line = `${start}${[row, ...rest].join(', ')}>`
  if (line.length <= LINE_WIDTH) return raw(line)
  const union = fields.length === 0 ? 'never' : fields.join(' | ')
  const middle = union.length + 2 <= LINE_WIDTH ? union : `| ${fields.join('\n  | ')}`
  return raw(`${start}\n  ${[row, middle, ...relations].join(',\n  ')}\n>`)
}

/** First argument of `Sort`: the record, without fields that every object literal would be compared by. */
function sortedRow(object: ObjectIr, names: TypeNames): string {
  const inherited = readableFields(object).filter(({ name }) => INHERITED.has(name))
  if (inherited.length === 0) return names.record
  return `Omit<${names.record}, ${inherited.map(({ name }) => quote(name)).join(' | ')}>`
}

/** Second argument of `Sort`, if any: lists and structured values have no order. */
const unsortable = (object: ObjectIr): readonly string[] =>
  readableFields(object)
    .filter((field) => !isSortable(field) && !INHERITED.has(field.name))
    .map((field) => quote(field.name))

interface Relation {
  /** What queries call it. */
  readonly name: string
  readonly target: ObjectIr
}

interface Lookup extends Relation {
  readonly field: FieldIr
}

/** Lookups that a read can follow: those whose target is one object of this app. */
export function relationsOf(object: ObjectIr, objectByName: ReadonlyMap<string, ObjectIr>): readonly Lookup[] {
  return readableFields(object).flatMap((field) => {
    const target = targetOf(field, objectByName)
    return target ? [{ name: field.name, field, target }] : []
  })
}

const targetOf = (field: FieldIr, objectByName: ReadonlyMap<string, ObjectIr>): ObjectIr | undefined =>
  field.reference?.object === undefined ? undefined : objectByName.get(field.reference.object)

/** Records of other objects that point here. */
const childrenOf = (object: ObjectIr, objectByName: ReadonlyMap<string, ObjectIr>): readonly Relation[] =>
  object.children.flatMap(({ name, object: child }) => {
    const target = objectByName.get(child)
    return target ? [{ name, target }] : []
  })

const modelOf = (target: ObjectIr, context: DeclarationContext) => typeSym(namesOf(target.name, context).model, `./${target.names.file}.js`)

const filterOf = (target: ObjectIr, context: DeclarationContext) =>
  typeSym(namesOf(target.name, context).filter, `./${target.names.file}.js`)

function filterEntry(field: FieldIr, names: TypeNames, context: DeclarationContext): Hole {
  const target = targetOf(field, context.objectByName)
  if (target === undefined) return undocumented(field, filterType(field, names), OPTIONAL)
  const inherited = INHERITED.has(field.name) ? raw(` | Object[${quote(field.name)}]`) : NOTHING
  const kind = raw(field.isList ? 'RelationListFilter' : 'RelationFilter')
  return code`${raw(propertyKey(field.name))}?: ql.${kind}<${filterOf(target, context)}>${inherited}`
}

const filterOfChildren = (name: string, target: ObjectIr, context: DeclarationContext): Code =>
  code`${raw(propertyKey(name))}?: ql.ChildrenFilter<${filterOf(target, context)}>${raw(INHERITED.has(name) ? ` | Object[${quote(name)}]` : '')}`

/** Keys of values inside JSON. */
function jsonPaths(object: ObjectIr): readonly Raw[] {
  const names = filterableFields(object)
    .filter((field) => hasPaths(field) && !/[`\\$]/.test(field.name))
    .map(({ name }) => name)
  if (names.length === 0) return []
  const [only] = names
  const start = names.length === 1 ? only : `\${${names.map(quote).join(' | ')}}`
  return [raw(`[path: \`${start}.\${string}\`]: ql.JsonPathFilter`)]
}

function expandType(object: ObjectIr, names: TypeNames, context: DeclarationContext): Code {
  const relations = relationsOf(object, context.objectByName)
  const children = childrenOf(object, context.objectByName)
  if (relations.length + children.length === 0) return code`export type ${raw(names.expand)} = ql.NoExpand`
  return code`
export interface ${raw(names.expand)} {
  ${lines(relations.map(({ name, target }) => code`${raw(propertyKey(name))}?: ql.Expand<${modelOf(target, context)}>`))}
  ${lines(children.map(({ name, target }) => code`${raw(propertyKey(name))}?: ql.ExpandMany<${modelOf(target, context)}>`))}
}
`
}

function relationsType(relations: readonly Relation[], context: DeclarationContext): Code {
  if (relations.length === 0) return code`ql.NoRelations`
  return code`
{
  ${lines(relations.map(({ name, target }) => code`${raw(propertyKey(name))}: ${modelOf(target, context)}`))}
}
`
}

/** One member for each unique key that every part of can be read: the values that find a record by it. */
function keyType(object: ObjectIr, names: TypeNames): string {
  const readable = new Map(readableFields(object).map((field) => [field.name, field]))
  const keys = uniqueKeys(object).flatMap((key) => {
    const fields = key.flatMap((name) => readable.get(name) ?? [])
    return fields.length < key.length
      ? []
      : [`{ ${fields.map((field) => `${propertyKey(field.name)}: ${keyValue(field, names)}`).join('; ')} }`]
  })
  return keys.length === 0 ? 'never' : keys.join(' | ')
}

/** Null is no key: any number of records may have none. */
const keyValue = (field: FieldIr, names: TypeNames): string => recordType({ ...field, isRequired: true }, names)
