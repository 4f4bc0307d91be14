import { safeIdentifier } from '../ir/identifier.ts'
import type { ObjectNames } from '../ir/object.ts'
import { pluralOf } from '../ir/plural.ts'
import { kebabCase, pascalCase, titleCase } from '../ir/words.ts'
import type { LockedObject } from '../lock/lock.ts'
import { RESERVED_FILE_NAMES, RESERVED_TYPE_NAMES, TYPE_SUFFIXES } from './reserved-names.ts'

/**
 * Type, function and file names of every object, unique across the app together with the helper types that stand beside them
 * (`AccountCreate` …). Objects the lock knows keep the names it recorded; the others come after them in the given order, and the
 * later of two that clash gets a suffix. So adding an object never renames what is already in use.
 */
export function allocateNames(
  objectNames: readonly string[],
  lockedByName: ReadonlyMap<string, LockedObject>,
): ReadonlyMap<string, ObjectNames> {
  const types = new Set(RESERVED_TYPE_NAMES)
  const files = new Set(RESERVED_FILE_NAMES)
  const ordered = byAge(objectNames, lockedByName)
  const pascals = ordered.map((name) => claimPascal(name, lockedByName.get(name)?.type, types))
  // Plurals come second: an object called `accounts` has a better claim to `Accounts` than the plural of `account`.
  const plurals = ordered.map((name, index) => claimPlural(name, pascals[index] ?? '', lockedByName.get(name)?.plural, types))
  return new Map(
    ordered.map((name, index) => {
      const pascal = pascals[index] ?? ''
      const camel = safeIdentifier(pascal.slice(0, 1).toLowerCase() + pascal.slice(1))
      const file = claimFile(name, lockedByName.get(name)?.file, files)
      return [name, Object.freeze({ pascal, pascalPlural: plurals[index] ?? '', camel, file })]
    }),
  )
}

function byAge(objectNames: readonly string[], lockedByName: ReadonlyMap<string, LockedObject>): readonly string[] {
  const age = (name: string): number => lockedByName.get(name)?.id ?? Number.POSITIVE_INFINITY
  return [...objectNames].sort((a, b) => (age(a) === age(b) ? (a < b ? -1 : 1) : age(a) - age(b)))
}

const LEGAL_TYPE = /^[A-Z][A-Za-z0-9]*(?:\$[1-9][0-9]*)?$/
const LEGAL_FILE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

function claimPascal(name: string, locked: string | undefined, taken: Set<string>): string {
  const isFree = (pascal: string): boolean => !taken.has(pascal) && TYPE_SUFFIXES.every((suffix) => !taken.has(pascal + suffix))
  const pascal = locked !== undefined && LEGAL_TYPE.test(locked) && isFree(locked) ? locked : firstFree(pascalCase(name), '$', 1, isFree)
  taken.add(pascal)
  for (const suffix of TYPE_SUFFIXES) taken.add(pascal + suffix)
  return pascal
}

function claimPlural(name: string, pascal: string, locked: string | undefined, taken: Set<string>): string {
  const isFree = (plural: string): boolean => !taken.has(plural)
  const plural = locked !== undefined && LEGAL_TYPE.test(locked) && isFree(locked) ? locked : freePlural(name, pascal, isFree)
  taken.add(plural)
  return plural
}

function freePlural(name: string, pascal: string, isFree: (plural: string) => boolean): string {
  const [base = pascal, suffix] = pascal.split('$')
  const plural = pascalCase(pluralOf(titleCase(name).toLowerCase())) + (suffix === undefined ? '' : `$${suffix}`)
  return isFree(plural) ? plural : firstFree(`${base}List`, '$', 1, isFree)
}

function claimFile(name: string, locked: string | undefined, taken: Set<string>): string {
  const isFree = (file: string): boolean => !taken.has(file)
  const file =
    locked !== undefined && LEGAL_FILE.test(locked) && isFree(locked)
      ? locked
      : firstFree(kebabCase(name).slice(0, LONGEST_FILE).replace(/-$/, ''), '-', 2, isFree)
  taken.add(file)
  return file
}

/** Leaves room for folders and extensions under the 255 bytes of common file systems. */
const LONGEST_FILE = 120

function firstFree(base: string, separator: string, from: number, isFree: (name: string) => boolean): string {
  if (isFree(base)) return base
  let suffix = from
  while (!isFree(`${base}${separator}${suffix}`)) suffix++
  return `${base}${separator}${suffix}`
}
