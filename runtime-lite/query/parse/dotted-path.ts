/** `owner.name`: the steps of a path in JSON and in names of parameters, where a slash is a letter. Undefined when one of them is empty. */
export function dottedPath(text: string): readonly string[] | undefined {
  const steps = text.split('.')
  return steps.includes('') ? undefined : steps
}
