/** `owner/name`, `owner.name`: the steps of a path. Undefined when one of them is empty. */
export function pathOf(text: string): readonly string[] | undefined {
  if (!text.includes('.') && !text.includes('/')) return text === '' ? undefined : [text]
  const steps = text.split(/[./]/)
  return steps.includes('') ? undefined : steps
}
