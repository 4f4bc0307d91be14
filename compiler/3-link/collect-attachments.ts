import type { Syntax } from '../2-parse/syntax.ts'
import { attachedObject } from './attach.ts'
import { compareSpan } from './compare.ts'
import type { Attachments } from './link-object.ts'
import { NO_ATTACHMENTS } from './link-object.ts'
import type { ObjectIndex } from './object-index.ts'
import type { Report } from './report.ts'

/** Rules, actions, hooks and validators from files of their own, under the object each belongs to. */
export function collectAttachments(
  { rules, actions, hooks, validators }: Syntax,
  objects: ObjectIndex,
  report: Report,
): ReadonlyMap<string, Attachments> {
  const attachmentsByObject = new Map<string, Attachments>()
  const attach = (object: string, added: Partial<Attachments>): void => {
    const before = attachmentsByObject.get(object) ?? NO_ATTACHMENTS
    attachmentsByObject.set(object, {
      rules: [...before.rules, ...(added.rules ?? [])],
      actions: [...before.actions, ...(added.actions ?? [])],
      hooks: [...before.hooks, ...(added.hooks ?? [])],
      validators: [...before.validators, ...(added.validators ?? [])],
    })
  }
  for (const set of sorted(rules)) {
    const object = attachedObject(set.object, 'these rules', 'link/unknown-object', objects, report)
    if (object !== undefined) attach(object, { rules: set.rules })
  }
  for (const action of sorted(actions)) {
    const object =
      action.object === undefined ? undefined : attachedObject(action.object, 'this action', 'link/unattached', objects, report)
    if (object !== undefined) attach(object, { actions: [action] })
  }
  for (const validator of sorted(validators)) {
    const object = attachedObject(validator.object, 'this validator', 'link/unattached', objects, report)
    if (object !== undefined) attach(object, { validators: [validator] })
  }
  for (const hook of sorted(hooks)) {
    for (const name of hook.objects) {
      // A hook on `*` runs for every object.
      const targets = name.value === '*' ? objects.names : [attachedObject(name, 'this hook', 'link/unattached', objects, report)]
      for (const object of targets) if (object !== undefined) attach(object, { hooks: [hook] })
    }
  }
  return attachmentsByObject
}

const sorted = <Node extends { readonly span: Parameters<typeof compareSpan>[0] }>(nodes: readonly Node[]): readonly Node[] =>
  [...nodes].sort((a, b) => compareSpan(a.span, b.span))
