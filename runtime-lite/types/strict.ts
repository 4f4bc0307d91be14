import type { AnyModel, Relations } from './model.ts'

/**
 * Refuses unknown keys at any depth of an `expand`. Needed because its type is inferred from the argument, and then TypeScript
 * (6 and later in more places than before) no longer looks for excess properties.
 */
export type Strict<Expansion, Related extends Relations> =
  Unknown<Expansion, Related> extends never ? unknown : UnknownInExpand<Unknown<Expansion, Related>>

declare const unknown: unique symbol

/**
 * What an `expand` with keys that mean nothing is compared with: compile errors show the name of this type and the key. A symbol,
 * because editors would suggest a name.
 */
export interface UnknownInExpand<Key> {
  readonly [unknown]: Key
}

type Unknown<Expansion, Related extends Relations> = {
  [Name in keyof Expansion]-?: Name extends keyof Related
    ? Expansion[Name] extends true
      ? never
      : keyof Expansion[Name] extends 'select'
        ? never
        : UnknownOption<Expansion[Name], Related[Name]>
    : Name
}[keyof Expansion]

type UnknownOption<Query, Model extends AnyModel> = {
  [Option in keyof Query]-?: Option extends 'select' ? never : Option extends 'expand' ? Unknown<Query[Option], Model['relations']> : Option
}[keyof Query]
