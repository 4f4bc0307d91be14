import type { ResolvedConfig } from '../../config/config.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import { type TypeNames, typeNames } from '../objects/type-names.ts'
import type { PrintMemory } from '../print-memory.ts'

/** What every piece of the document needs to know. */
export interface DocumentContext {
  readonly config: ResolvedConfig
  /** Component name of an object's record; undefined when there is no such object. */
  readonly recordName: (objectName: string) => string | undefined
  readonly namesOf: (object: ObjectIr) => SchemaNames
  /** Names of its types and of the functions of the SDK. */
  readonly typesOf: (object: ObjectIr) => TypeNames | undefined
  /** A component name for something that belongs to no object, clear of all objects' names. */
  readonly sharedName: (name: string) => string
}

/** Component names of one object: those of its TypeScript types. */
export interface SchemaNames {
  readonly record: string
  readonly create: string
  readonly update: string
  readonly optionOf: (fieldName: string) => string | undefined
}

export function documentContext(app: AppIr, config: ResolvedConfig, memory: PrintMemory): DocumentContext {
  const all = typeNames(app)
  const byObject = memory.map('type names', all)
  const names = (objectName: string): TypeNames | undefined => byObject.get(objectName)
  const taken = new Set(
    [...all.values()].flatMap(({ record, create, update, optionByField, actions }) => [
      ...[record, create, update, ...optionByField.values()],
      ...[...actions.values()].flatMap(({ params, optionByParam }) => [...(params ? [params] : []), ...optionByParam.values()]),
    ]),
  )
  return {
    config,
    recordName(objectName) {
      const found = names(objectName)
      return found === undefined ? undefined : legal(found.record)
    },
    typesOf: ({ name }) => names(name),
    namesOf(object) {
      const found = names(object.name)
      if (found === undefined) throw new Error(`No type names for the object "${object.name}".`)
      const { record, create, update, optionByField } = found
      return {
        record: legal(record),
        create: legal(create),
        update: legal(update),
        optionOf: (field) => optional(optionByField.get(field)),
      }
    },
    // An object may be called `attachment` or `problem`.
    sharedName: memory.lookup('shared component', (name: string) => (taken.has(name) ? `Shared_${name}` : name)),
  }
}

/** Component names may hold `_` and no `$`, type names `$` and no `_`: still unique. */
const legal = (name: string): string => name.replaceAll('$', '_')

const optional = (name: string | undefined): string | undefined => (name === undefined ? undefined : legal(name))
