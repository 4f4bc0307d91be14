import type { MetaSyntax, Syntax } from '../2-parse/syntax.ts'
import { attachedObject } from './attach.ts'
import { compareSpan, compareText } from './compare.ts'
import type { LinkedDocument, MergedObject } from './model.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'

/** Permissions, workflows, state machines, apps and whatever else the registry lists, linked to their objects and sorted. */
export function linkDocuments(
  syntax: Syntax,
  merged: readonly MergedObject[],
  objects: ObjectIndex,
  report: Report,
): readonly LinkedDocument[] {
  const permissions = syntax.permissions.flatMap((document) => attach(document, 'this permission', 'link/unknown-object', objects, report))
  const workflows = syntax.workflows.flatMap((document) => attach(document, 'this workflow', 'link/unattached', objects, report))
  const machines = merged.flatMap(({ name, stateMachines }) =>
    stateMachines.map((machine) => ({ ...machine, type: 'state_machine', name: machine.name || name.value, object: name.value })),
  )
  const others = [...syntax.apps, ...syntax.others].map(({ object, ...document }) => {
    const resolution = object === undefined ? undefined : objects.resolve(object.value)
    return resolution !== undefined && 'object' in resolution ? { ...document, object: resolution.object } : document
  })
  return [...permissions, ...workflows, ...machines, ...others].sort(compareDocuments)
}

function attach(
  { object, ...document }: MetaSyntax,
  what: string,
  code: 'link/unknown-object' | 'link/unattached',
  objects: ObjectIndex,
  report: Report,
): readonly LinkedDocument[] {
  if (object === undefined) return [document]
  const name = attachedObject(object, what, code, objects, report)
  return name === undefined ? [] : [{ ...document, object: name }]
}

const compareDocuments = (a: LinkedDocument, b: LinkedDocument): number =>
  compareText(a.type, b.type) || compareText(a.name, b.name) || compareText(a.object ?? '', b.object ?? '') || compareSpan(a.span, b.span)
