import { diagnose } from '../diagnostics/diagnose.ts'
import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { didYouMean } from '../diagnostics/suggest.ts'
import type { NamedField } from '../ir/handler.ts'
import type { AppIr, HookIr, ObjectIr } from '../ir/object.ts'
import { Span } from '../source/span.ts'

/** Fields that hooks name and none of their objects has. Hooks of all objects may name what some of them have. */
export function checkNamedFields(app: AppIr): readonly Diagnostic[] {
  const byHook = new Map<string, { readonly hook: HookIr; readonly objects: ObjectIr[] }>()
  for (const object of app.objects)
    for (const hook of object.hooks) {
      const key = `${hook.module}\0${hook.exportPath}`
      const known = byHook.get(key)
      if (!known) byHook.set(key, { hook, objects: [object] })
      else if (known.objects.at(-1) !== object) known.objects.push(object)
    }
  return [...byHook.values()].flatMap(({ hook, objects }) => {
    if (objects.length > 1 && objects.length === app.objects.length) return []
    const names = objects.flatMap(({ fields, children }) => [...fields, ...children].map(({ name }) => name))
    const known = new Set(names)
    const told = new Set<string>()
    return (hook.facts?.fields ?? []).flatMap(({ name, start, end }: NamedField) => {
      if (known.has(name) || told.has(name)) return []
      told.add(name)
      const span = Span.create(hook.module, start, end)
      const owner = objects.map((object) => object.name).join('", "')
      const suggestion = didYouMean({ name, candidates: [...known], span })
      return [diagnose('behaviour/unknown-field', span, { hook: hook.name, field: name, object: owner }, suggestion)]
    })
  })
}
