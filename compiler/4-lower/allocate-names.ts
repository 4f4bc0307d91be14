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
  const drafts = byAge(objectNames, lockedByName).map((name): Draft => ({ name, locked: lockedByName.get(name) }))
  // Whatever is recorded comes before whatever is new, of each kind.
  for (const draft of drafts) draft.pascal = claimLockedType(draft.locked?.type, types, TYPE_SUFFIXES)
  for (const draft of drafts) draft.plural = claimLockedType(draft.locked?.plural, types, [])
  for (const draft of drafts) draft.file = claimLockedFile(draft.locked?.file, files)
  // Plurals come last: an object called `accounts` has a better claim to `Accounts` than the plural of `account`.
  for (const draft of drafts) draft.pascal ??= claimPascal(draft.name, types)
  return new Map(
    drafts.map(({ name, pascal = '', plural, file }) => {
      const camel = safeIdentifier(pascal.slice(0, 1).toLowerCase() + pascal.slice(1))
      const pascalPlural = plural ?? claimPlural(name, pascal, types)
      return [name, Object.freeze({ pascal, pascalPlural, camel, file: file ?? claimFile(name, files) })]
    }),
  )
}

interface Draft {
  readonly name: string
  readonly locked: LockedObject | undefined
  pascal?: string | undefined
  plural?: string | undefined
  file?: string | undefined
}

function byAge(objectNames: readonly string[], lockedByName: ReadonlyMap<string, LockedObject>): readonly string[] {
  const age = (name: string): number => lockedByName.get(name)?.id ?? Number.POSITIVE_INFINITY
  return [...objectNames].sort((a, b) => (age(a) === age(b) ? (a < b ? -1 : 1) : age(a) - age(b)))
}

const LEGAL_TYPE = /^[A-Z][A-Za-z0-9]*(?:\$[1-9][0-9]*)?$/
const LEGAL_FILE = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

/** The recorded name, unless it is illegal or taken: nobody stops people from writing into the lock. */
function claimLockedType(type: string | undefined, taken: Set<string>, suffixes: readonly string[]): string | undefined {
  return type !== undefined && LEGAL_TYPE.test(type) && areFree(type, suffixes, taken) ? claimed(type, suffixes, taken) : undefined
}

function claimLockedFile(file: string | undefined, taken: Set<string>): string | undefined {
  return file !== undefined && LEGAL_FILE.test(file) && !taken.has(file) ? claimed(file, [], taken) : undefined
}

function claimPascal(name: string, taken: Set<string>): string {
  const pascal = firstFree(pascalCase(name), '$', 1, (candidate) => areFree(candidate, TYPE_SUFFIXES, taken))
  return claimed(pascal, TYPE_SUFFIXES, taken)
}

/** The English plural, or `PersonList` where that is the same word or somebody else's. */
function claimPlural(name: string, pascal: string, taken: Set<string>): string {
  const isFree = (plural: string): boolean => !taken.has(plural)
  const [base = pascal, suffix] = pascal.split('$')
  const plural = pascalCase(pluralOf(titleCase(name).toLowerCase())) + (suffix === undefined ? '' : `$${suffix}`)
  return claimed(isFree(plural) ? plural : firstFree(`${base}List`, '$', 1, isFree), [], taken)
}

function claimFile(name: string, taken: Set<string>): string {
  const file = kebabCase(name).slice(0, LONGEST_FILE).replace(/-$/, '')
  return claimed(
    firstFree(file, '-', 2, (candidate) => !taken.has(candidate)),
    [],
    taken,
  )
}

const areFree = (name: string, suffixes: readonly string[], taken: ReadonlySet<string>): boolean =>
  !taken.has(name) && suffixes.every((suffix) => !taken.has(name + suffix))

function claimed(name: string, suffixes: readonly string[], taken: Set<string>): string {
  taken.add(name)
  for (const suffix of suffixes) taken.add(name + suffix)
  return name
}

/** Leaves room for folders and extensions under the 255 bytes of common file systems. */
const LONGEST_FILE = 120

function firstFree(base: string, separator: string, from: number, isFree: (name: string) => boolean): string {
  if (isFree(base)) return base
  let suffix = from
  while (!isFree(`${base}${separator}${suffix}`)) suffix++
  return `${base}${separator}${suffix}`
}
