import type { ObjectSyntax } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import { compareSpan, compareText } from './compare.ts'
import { mergeActions, mergeAttributes, mergeByName, mergeFields, mergeIndexes, mergeQueries } from './merge-parts.ts'
import type { MergedObject } from './model.ts'
import { foldName } from './object-index.ts'
import type { Report } from './report.ts'
import { suggestName } from './suggest-name.ts'

/**
 * One object per name. Base first (the file called like the object), then other definitions by path, then extensions by priority
 * and path; what comes later wins attribute by attribute. So the order of files on disk changes nothing.
 */
export function mergeObjects(objects: readonly ObjectSyntax[], report: Report): readonly MergedObject[] {
  const partsByName = new Map<string, ObjectSyntax[]>()
  for (const part of objects.filter(isDefinition)) append(partsByName, part.name.value, part)
  const nameByFold = new Map(
    [...partsByName.keys()]
      .sort(compareText)
      .reverse()
      .map((name) => [foldName(name), name]),
  )
  for (const part of objects) {
    if (isDefinition(part)) continue
    const owner = partsByName.has(part.name.value) ? part.name.value : nameByFold.get(foldName(part.name.value))
    if (owner === undefined) reportOrphan(part, [...partsByName.keys()], report)
    else append(partsByName, owner, part)
  }
  return [...partsByName]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, parts]) => {
      const ordered = parts.sort(compareParts)
      reportOwners(name, ordered, report)
      return mergeParts(ordered)
    })
}

const isDefinition = (part: ObjectSyntax): boolean => part.role === 'definition'

function append(partsByName: Map<string, ObjectSyntax[]>, name: string, part: ObjectSyntax): void {
  const parts = partsByName.get(name)
  if (parts === undefined) partsByName.set(name, [part])
  else parts.push(part)
}

function compareParts(a: ObjectSyntax, b: ObjectSyntax): number {
  const byPriority = isDefinition(a) ? 0 : a.priority - b.priority
  return rank(a) - rank(b) || byPriority || compareSpan(a.span, b.span)
}

function rank(part: ObjectSyntax): number {
  if (!isDefinition(part)) return 2
  return part.stem === part.name.value ? 0 : 1
}

function mergeParts([base, ...others]: readonly ObjectSyntax[]): MergedObject {
  if (base === undefined) throw new Error('An object has no parts.')
  if (others.length === 0) return base
  const parts = [base, ...others]
  return {
    name: base.name,
    ...(base.package === undefined ? {} : { package: base.package }),
    attributes: mergeAttributes(parts.map((part) => part.attributes)),
    fields: mergeFields(parts.map((part) => part.fields)),
    indexes: mergeIndexes(parts.map((part) => part.indexes)),
    actions: mergeActions(parts.map((part) => part.actions)),
    queries: mergeQueries(parts.map((part) => part.queries)),
    rules: mergeByName(parts.map((part) => part.rules)),
    stateMachines: mergeByName(parts.map((part) => part.stateMachines)),
  }
}

function reportOrphan(part: ObjectSyntax, candidates: readonly string[], report: Report): void {
  const { value: name, span } = part.name
  report(diagnose('link/extension-without-owner', span, { name }, suggestName({ name, candidates, span })))
}

function reportOwners(name: string, parts: readonly ObjectSyntax[], report: Report): void {
  const owners = parts.filter((part) => isDefinition(part) && part.package !== undefined)
  const [first] = owners
  const second = owners.find((part) => part.package !== first?.package)
  if (first?.package === undefined || second?.package === undefined) return
  const notes = [{ message: `"${first.package}" defines it here.`, span: first.name.span }]
  report(diagnose('link/two-owners', second.name.span, { name, first: first.package, second: second.package }, { notes }))
}
