import { isEqual } from '../ir/is-equal.ts'
import type { AppIr } from '../ir/object.ts'

/** The new IR with the old one's objects wherever they are equal, so that what is made from an object can be kept by identity. */
export function shareUnchanged(before: AppIr | undefined, after: AppIr): AppIr {
  if (before === undefined) return after
  const beforeByName = new Map(before.objects.map((object) => [object.name, object]))
  const objects = after.objects.map((object) => {
    const old = beforeByName.get(object.name)
    return old !== undefined && isEqual(old, object) ? old : object
  })
  return { ...after, objects }
}
