/**
 * The keys a kind of definition knows, in every spelling. Case, `_` and `-` never matter: `reference_to`, `referenceTo` and
 * `ReferenceTo` are one key.
 */
export interface KeyTable {
  /** Canonical name of a key, or undefined when it is not known. */
  find(key: string): KnownKey | undefined
  /** Canonical names, for suggestions. */
  readonly names: readonly string[]
}

export interface KnownKey {
  readonly name: string
  readonly shape: Shape
}

/** What a value must look like. `any` is kept as it is. */
export type Shape = 'any' | 'text' | 'label' | 'flag' | 'number' | 'count' | 'limit' | 'names' | 'list' | 'map'

/** Shape and other spellings of one key; spellings that differ in case and underscores only need not be listed. */
export interface KeySpec {
  readonly shape: Shape
  readonly aliases: readonly string[]
}

export const key = (shape: Shape, ...aliases: readonly string[]): KeySpec => ({ shape, aliases })

/** Keys nobody checks: meaning they have for people, editors and user interfaces. */
export const keys = (...names: readonly string[]): { readonly [name: string]: KeySpec } =>
  Object.fromEntries(names.map((name) => [name, key('any')]))

export function createKeyTable(specs: { readonly [name: string]: KeySpec }): KeyTable {
  const keyByFold = new Map<string, KnownKey>()
  for (const [name, { shape }] of Object.entries(specs)) keyByFold.set(foldKey(name), { name, shape })
  for (const [name, { shape, aliases }] of Object.entries(specs)) {
    for (const alias of aliases) if (!keyByFold.has(foldKey(alias))) keyByFold.set(foldKey(alias), { name, shape })
  }
  const byKey = new Map<string, KnownKey | undefined>()
  return {
    find(written) {
      // The same few dozen keys come again and again: fold each spelling once.
      if (!byKey.has(written)) byKey.set(written, isForeignKey(written) ? undefined : keyByFold.get(foldKey(written)))
      return byKey.get(written)
    },
    names: Object.keys(specs),
  }
}

export const foldKey = (written: string): string => written.replace(/[_-]/g, '').toLowerCase()

/** Keys that start with `x-`, `_` or `$` belong to other tools. */
export const isForeignKey = (written: string): boolean => /^(?:x-|_|\$)/.test(written)
