import type { AnyModel, ExpandManyQuery } from './model.ts'

/**
 * Refuses unknown keys at any depth of an `expand`. Needed because its type is inferred from the argument, and then TypeScript
 * (6 and later in more places than before) no longer looks for excess properties.
 */
export type Strict<Expansion, Model extends AnyModel> =
  Unknown<Expansion, Model> extends never ? unknown : UnknownInExpand<Unknown<Expansion, Model>>

declare const unknown: unique symbol

/**
 * What an `expand` with keys that mean nothing is compared with: compile errors show the name of this type and the key. A symbol,
 * because editors would suggest a name.
 */
export interface UnknownInExpand<Key> {
  readonly [unknown]: Key
}

type Unknown<Expansion, Model extends AnyModel> = {
  [Name in keyof Expansion]-?: Name extends keyof Model['relations']
    ? Expansion[Name] extends true
      ? never
      : keyof Expansion[Name] extends 'select'
        ? never
        : UnknownOption<Expansion[Name], Model['relations'][Name]>
    : Name extends keyof Model['children']
      ? Expansion[Name] extends true
        ? never
        : keyof Expansion[Name] extends 'select' | 'limit' | 'offset'
          ? never
          : UnknownManyOption<Expansion[Name], Model['children'][Name]>
      : Name
}[keyof Expansion]

type UnknownOption<Query, Model extends AnyModel> = {
  [Option in keyof Query]-?: Option extends 'select' ? never : Option extends 'expand' ? Unknown<Query[Option], Model> : Option
}[keyof Query]

type UnknownManyOption<Query, Model extends AnyModel> = {
  [Option in keyof Query]-?: Option extends 'select' | 'limit' | 'offset'
    ? never
    : Option extends 'expand'
      ? Unknown<Query[Option], Model>
      : Option extends keyof ExpandManyQuery<Model>
        ? UnknownKey<Query[Option], ExpandManyQuery<Model>[Option]>
        : Option
}[keyof Query]

/** Keys at any depth that the type to compare with has not: of object literals whose type was inferred. */
export type UnknownKey<Given, Known> = Given extends readonly (infer Item)[]
  ? Item extends object
    ? UnknownKey<Item, ItemOf<Known>>
    : never
  : Given extends Date
    ? never
    : {
        [Key in keyof Given]-?: Key extends KeyOf<Known>
          ? Given[Key] extends object
            ? UnknownKey<Given[Key], ValueOf<Known, Key>>
            : never
          : Key
      }[keyof Given]

/** Keys of any of the types: `keyof` has only those of all. */
type KeyOf<Known> = Known extends object ? keyof Known : never
type ValueOf<Known, Key> = Known extends object ? (Key extends keyof Known ? Extract<Known[Key], object> : never) : never
type ItemOf<Known> = Known extends readonly (infer Item)[] ? Item : never
