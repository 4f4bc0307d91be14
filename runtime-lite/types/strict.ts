import type { AnyModel } from './model.ts'

/**
 * Refuses unknown keys at any depth of an `expand`. Needed because its type is inferred from the argument, and then TypeScript
 * (6 and later in more places than before) no longer looks for excess properties. Costs little while nothing is wrong; the
 * readable refusal is built only when something is.
 */
export type Strict<Expansion, Relations> = [UnknownRelation<Expansion, Relations>] extends [never] ? unknown : Refused<Expansion, Relations>

type UnknownRelation<Expansion, Relations> = {
  [Name in keyof Expansion]: Name extends keyof Relations
    ? Expansion[Name] extends true
      ? never
      : UnknownOption<Expansion[Name], Relations[Name]>
    : Name
}[keyof Expansion]

type UnknownOption<Query, Model> = Query extends object
  ?
      | Exclude<keyof Query, 'select' | 'expand'>
      | (Query extends { readonly expand: infer Expansion }
          ? Model extends AnyModel
            ? UnknownRelation<Expansion, Model['relations']>
            : never
          : never)
  : never

type Refused<Expansion, Relations> = {
  [Name in keyof Expansion]: Name extends keyof Relations
    ? RefusedOption<Expansion[Name], Relations[Name]>
    : `"${Name & string}" is not a relation`
}

type RefusedOption<Query, Model> = Query extends object
  ? {
      [Option in keyof Query]: Option extends 'select'
        ? Query[Option]
        : Option extends 'expand'
          ? Model extends AnyModel
            ? Refused<Query[Option], Model['relations']>
            : never
          : `"${Option & string}" is not an option here: use select or expand`
    }
  : Query
