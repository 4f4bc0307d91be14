import { diagnose } from '../diagnostics/diagnose.ts'
import { pluralOf } from '../ir/plural.ts'
import { kebabCase } from '../ir/words.ts'
import { isFlagSet, spanOfAttribute } from './attributes.ts'
import { isLegalName } from './check/legal-name.ts'
import { IMPLICIT_FIELDS, isListField } from './field-kinds.ts'
import type { LinkedChildren, LinkedField, LinkedObject } from './model.ts'
import { foldName, type ObjectIndex } from './object-index.ts'
import { readRelationships } from './read-relationships.ts'
import type { Report } from './report.ts'

/** A lookup that points at an object, seen from there. */
interface Inverse {
  readonly child: LinkedObject
  readonly field: LinkedField
  /** Nothing of this child points there before it: the short name is its own. */
  readonly isFirst: boolean
}

/**
 * The to-many relations of every object that is looked up, by object. Each is called as its `relationships` say, else by the plural
 * of the child (`contacts`), or `contacts_by_account` where that is a field, taken, or the child points here a second time.
 */
export function linkChildren(
  objects: readonly LinkedObject[],
  index: ObjectIndex,
  report: Report,
): ReadonlyMap<string, readonly LinkedChildren[]> {
  const inverses = collectInverses(objects)
  const named: [string, readonly LinkedChildren[]][] = []
  for (const object of objects) {
    const found = inverses.get(object.name)
    if (found !== undefined || object.attributes.has('relationships'))
      named.push([object.name, nameChildren(object, found ?? [], index, report)])
  }
  return new Map(named)
}

function collectInverses(objects: readonly LinkedObject[]): ReadonlyMap<string, readonly Inverse[]> {
  const inverses = new Map<string, Inverse[]>()
  for (const child of objects) {
    const seen = new Set<string>()
    const lookups = child.fields.filter(isFollowed)
    for (const field of [...lookups.filter(isMasterDetail), ...lookups.filter((lookup) => !isMasterDetail(lookup))]) {
      const [target = ''] = field.reference?.objects ?? []
      const known = inverses.get(target)
      const inverse = { child, field, isFirst: !seen.has(target) }
      if (known === undefined) inverses.set(target, [inverse])
      else known.push(inverse)
      seen.add(target)
    }
  }
  return inverses
}

const isMasterDetail = ({ type }: LinkedField): boolean => type === 'master_detail'

/** One id of one object. Secrets are never filtered by, so nothing is found through them either. */
const isFollowed = ({ reference, type, attributes }: LinkedField): boolean =>
  reference?.objects.length === 1 && reference.authored.length === 1 && !isListField(type, attributes) && !isFlagSet(attributes, 'internal')

function nameChildren(object: LinkedObject, inverses: readonly Inverse[], index: ObjectIndex, report: Report): readonly LinkedChildren[] {
  const taken = new Set<string>([...IMPLICIT_FIELDS, ...object.fields.map(({ name }) => name)])
  const nameByInverse = declaredNames(object, inverses, taken, index, report)
  const later: Inverse[] = []
  // Short names first: no further relation may take the one a person would look for.
  for (const inverse of inverses) {
    if (nameByInverse.has(inverse)) continue
    const plural = pluralName(inverse.child.name)
    if (inverse.isFirst && !taken.has(plural)) claim(inverse, plural, taken, nameByInverse)
    else later.push(inverse)
  }
  for (const inverse of later) {
    const name = `${pluralName(inverse.child.name)}_by_${inverse.field.name}`
    if (taken.has(name)) report(clash(name, object, inverse.field.span))
    else claim(inverse, name, taken, nameByInverse)
  }
  return inverses.flatMap((inverse) => {
    const name = nameByInverse.get(inverse)
    return name === undefined ? [] : [{ name, object: inverse.child.name, field: inverse.field.name }]
  })
}

type Names = Map<Inverse, string>

function claim(inverse: Inverse, name: string, taken: Set<string>, names: Names): void {
  taken.add(name)
  names.set(inverse, name)
}

const clash = (name: string, object: LinkedObject, span: LinkedObject['span']) =>
  diagnose('link/relation-clash', span, { name, object: object.name })

/** `sales_order` → `sales_orders`, `SalesOrder` likewise. */
function pluralName(object: string): string {
  return pluralOf(/^[a-z0-9_]+$/.test(object) ? object : kebabCase(object).replaceAll('-', '_'))
}

/** Names from `relationships: [{ name, object, foreignKey }]`. */
function declaredNames(object: LinkedObject, inverses: readonly Inverse[], taken: Set<string>, index: ObjectIndex, report: Report): Names {
  const names: Names = new Map()
  const attribute = object.attributes.get('relationships')
  if (attribute === undefined) return names
  const span = spanOfAttribute(object.attributes, 'relationships', object.span)
  for (const { name, child, foreignKey } of readRelationships(attribute.value)) {
    const resolved = index.resolve(child)
    if (!('object' in resolved)) {
      report(diagnose('link/unattached', span, { name: child, what: `the relationship "${name}"` }))
      continue
    }
    const candidates = inverses.filter((inverse) => inverse.child.name === resolved.object)
    const inverse = foreignKey === undefined ? candidates[0] : candidates.find(({ field }) => foldName(field.name) === foldName(foreignKey))
    if (inverse === undefined) {
      report(diagnose('link/relation-without-lookup', span, { name, child: resolved.object, object: object.name }))
    } else if (!isLegalName(name)) report(diagnose('link/illegal-name', span, { what: 'relationship', name }))
    else if (taken.has(name) || names.has(inverse)) report(clash(name, object, span))
    else claim(inverse, name, taken, names)
  }
  return names
}
