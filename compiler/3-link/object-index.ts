import { pluralOf } from '../ir/plural.ts'
import { splitWords } from '../ir/words.ts'
import type { Span } from '../source/span.ts'
import { textAttribute } from './attributes.ts'
import type { MergedObject } from './model.ts'

/** Finds objects by what people write. */
export interface ObjectIndex {
  readonly names: readonly string[]
  /** Exact, then ignoring case and underscores, then singular for plural and with or without a namespace. */
  readonly resolve: (name: string) => Resolution
  readonly spanOf: (name: string) => Span | undefined
}

export type Resolution =
  | { readonly kind: 'exact' | 'folded' | 'guessed'; readonly object: string }
  | { readonly kind: 'ambiguous'; readonly candidates: readonly string[] }
  | { readonly kind: 'unknown' }

/** `SLATemplate`, `sla_template` and `sla-template` are one name. */
export const foldName = (name: string): string =>
  SIMPLE.test(name)
    ? name
    : name
        .normalize('NFC')
        .toLowerCase()
        .replace(/[_\-\s]/g, '')

const SIMPLE = /^[a-z0-9]+$/

const UNKNOWN: Resolution = { kind: 'unknown' }

export function createObjectIndex(objects: readonly MergedObject[]): ObjectIndex {
  const spanByName = new Map(objects.map((object) => [object.name.value, object.name.span]))
  const nameByFold = new Map<string, string>()
  for (const name of spanByName.keys()) if (!nameByFold.has(foldName(name))) nameByFold.set(foldName(name), name)
  let loose: ((name: string) => Resolution) | undefined
  const resolutionByName = new Map<string, Resolution>()
  const resolve = (name: string): Resolution => {
    if (spanByName.has(name)) return { kind: 'exact', object: name }
    const folded = nameByFold.get(foldName(name))
    if (folded !== undefined) return { kind: 'folded', object: folded }
    loose ??= looseIndex(objects)
    return loose(name)
  }
  return {
    names: [...spanByName.keys()],
    spanOf: (name) => spanByName.get(name),
    resolve(name) {
      const known = resolutionByName.get(name)
      if (known !== undefined) return known
      const resolution = resolve(name)
      resolutionByName.set(name, resolution)
      return resolution
    },
  }
}

/** The guessing steps: `users` → `user`, then `users` → `sys_user`, `account` → `crm__account` or, in namespace `crm`, `crm_account`. */
function looseIndex(objects: readonly MergedObject[]): (name: string) => Resolution {
  const namespaces = new Set(['sys', ...objects.flatMap(namespacesOf)])
  const namesByPlural = new Map<string, string[]>()
  const namesByShortPlural = new Map<string, string[]>()
  for (const { name } of objects) {
    append(namesByPlural, pluralKey(name.value), name.value)
    append(namesByShortPlural, pluralKey(withoutNamespace(name.value, namespaces)), name.value)
  }
  return (name) => {
    const short = withoutNamespace(name, namespaces)
    const found = namesByPlural.get(pluralKey(name)) ?? namesByShortPlural.get(pluralKey(short))
    const [first, ...others] = found ?? []
    if (first === undefined) return UNKNOWN
    return others.length === 0 ? { kind: 'guessed', object: first } : { kind: 'ambiguous', candidates: [first, ...others] }
  }
}

function namespacesOf({ attributes, package: owner }: MergedObject): readonly string[] {
  const namespace = textAttribute(attributes, 'namespace')
  return [namespace, owner].filter((text) => text !== undefined).map((text) => text.toLowerCase())
}

function withoutNamespace(name: string, namespaces: ReadonlySet<string>): string {
  const double = name.indexOf('__')
  if (double > 0 && double + 2 < name.length) return name.slice(double + 2)
  const single = name.indexOf('_')
  return single > 0 && namespaces.has(name.slice(0, single).toLowerCase()) ? name.slice(single + 1) : name
}

const pluralKey = (name: string): string => pluralOf(splitWords(name).join(' ').toLowerCase()).replaceAll(' ', '')

function append(namesByKey: Map<string, string[]>, key: string, name: string): void {
  const names = namesByKey.get(key)
  if (names === undefined) namesByKey.set(key, [name])
  else names.push(name)
}
