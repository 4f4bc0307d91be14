import type { ResolvedConfig } from '../../config/config.ts'
import type { AppIr, ObjectIr } from '../../ir/object.ts'
import { type TypeNames, typeNames } from '../objects/type-names.ts'
import { type Components, createComponents } from './components.ts'

/** What every part of the document needs to know. */
export interface DocumentContext {
  readonly config: ResolvedConfig
  readonly components: Components
  readonly objectByName: ReadonlyMap<string, ObjectIr>
  readonly namesOf: (object: ObjectIr) => SchemaNames
  /** A component name for something that belongs to no object, clear of all objects' names. */
  readonly sharedName: (name: string) => string
}

/** Component names of one object: those of its TypeScript types. */
export interface SchemaNames {
  readonly record: string
  readonly create: string
  readonly update: string
  readonly optionByField: ReadonlyMap<string, string>
}

export function documentContext(app: AppIr, config: ResolvedConfig): DocumentContext {
  const byObject = new Map([...typeNames(app)].map(([name, names]) => [name, schemaNames(names)]))
  const taken = new Set(
    [...byObject.values()].flatMap(({ record, create, update, optionByField }) => [record, create, update, ...optionByField.values()]),
  )
  return {
    config,
    components: createComponents(),
    objectByName: new Map(app.objects.map((object) => [object.name, object])),
    namesOf(object) {
      const names = byObject.get(object.name)
      if (names === undefined) throw new Error(`No type names for the object "${object.name}".`)
      return names
    },
    // An object may be called `attachment` or `problem`.
    sharedName: (name) => (taken.has(name) ? `Shared_${name}` : name),
  }
}

const schemaNames = ({ record, create, update, optionByField }: TypeNames): SchemaNames => ({
  record: legal(record),
  create: legal(create),
  update: legal(update),
  optionByField: new Map([...optionByField].map(([field, name]) => [field, legal(name)])),
})

/** Component names may hold `_` and no `$`, type names `$` and no `_`: still unique. */
const legal = (name: string): string => name.replaceAll('$', '_')
