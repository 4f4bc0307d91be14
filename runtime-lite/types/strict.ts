import type { AnyModel } from './model.ts'
import type { Order } from './sort.ts'

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

type UnknownManyOption<Query, Model extends AnyModel> =
  | Exclude<keyof Query, 'where' | 'orderBy' | 'select' | 'expand' | 'limit' | 'offset'>
  | UnknownKey<Query['where' & keyof Query], Model['filter']>
  | UnknownSort<Query['orderBy' & keyof Query], Model>
  | Unknown<Query['expand' & keyof Query], Model>

type UnknownSort<Given, Model extends AnyModel> = Given extends List
  ? UnknownSort<Given[number], Model>
  : {
      [Name in keyof Given]-?: Given[Name] extends object
        ? Name extends keyof Model['relations']
          ? UnknownSort<Given[Name], Model['relations'][Name]>
          : Name extends keyof Model['record']
            ? Exclude<keyof Given[Name], keyof Order>
            : Name
        : Name extends keyof Model['record']
          ? never
          : Name
    }[keyof Given]

/**
 * Keys at any depth that the type to compare with has not: of object literals whose type was inferred. What was declared as a filter has
 * values that may be absent, and is not looked into: it was checked where it was made.
 */
export type UnknownKey<Given, Known> = Given extends object ? KeyNotIn<Given, Known> : never

type KeyNotIn<Given, Known> = {
  [Key in keyof Given]-?: Key extends keyof Known
    ? Given[Key] extends object
      ? Given[Key] extends List
        ? UnknownKey<Given[Key][number], ObjectIn<ItemOf<Known[Key]>>>
        : Given[Key] extends Date
          ? never
          : KeyNotIn<Given[Key], ObjectIn<Known[Key]>>
      : never
    : Key
}[keyof Given]

type List = readonly unknown[]

/** Of a filter of one field: what has operators. */
type ObjectIn<Known> = Known extends object ? (Known extends Date | List ? never : Known) : never
type ItemOf<Known> = Known extends readonly (infer Item)[] ? Item : never
