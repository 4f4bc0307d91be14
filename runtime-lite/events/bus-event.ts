/** Something that happened. */
export interface BusEvent<Name extends string = string, Payload = unknown> {
  readonly name: Name
  /** Counts up by one with every event that is kept or heard. */
  readonly sequence: number
  /** Milliseconds since 1970. */
  readonly time: number
  readonly payload: Payload
}

/** `record.created.account` and `plugin:started`: the parts of a name. */
export const partsOf = (name: string): readonly string[] => name.split(/[.:]/)

/** Whether a name, in parts, fits a pattern: `*` stands for one part, at the end for all that follow. */
export function patternOf(pattern: string): (parts: readonly string[]) => boolean {
  const wanted = partsOf(pattern)
  const isOpen = wanted.at(-1) === '*'
  return (parts) => {
    if (isOpen ? parts.length < wanted.length : parts.length !== wanted.length) return false
    return wanted.every((part, index) => part === '*' || part === parts[index])
  }
}
