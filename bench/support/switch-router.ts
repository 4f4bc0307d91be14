/** Index of the object whose name starts at `start` in a request target and ends at `/`, `?` or the end; −1 for none. */
export type FindObject = (target: string, start: number) => number

/** What the server does: cut the segment out, look it up. */
export function mapRouter(names: readonly string[]): FindObject {
  const indexByName = new Map(names.map((name, index) => [name, index]))
  return (target, start) => {
    let end = start
    for (; end < target.length; end++) {
      const code = target.charCodeAt(end)
      if (code === 47 || code === 63) break
    }
    return indexByName.get(target.slice(start, end)) ?? -1
  }
}

/**
 * What a compiler could print instead: nested switches on the character codes that tell the names apart, then one comparison with
 * the only name that is left.
 */
export function switchRouter(names: readonly string[]): FindObject {
  const body = printSwitch(names.map((name, index) => ({ name, index })))
  return new Function('target', 'start', `let end\n${body}\nreturn -1`) as FindObject
}

interface Candidate {
  readonly name: string
  readonly index: number
}

function printSwitch(candidates: readonly Candidate[]): string {
  const [only] = candidates
  if (only === undefined) return ''
  if (candidates.length === 1) {
    const { name, index } = only
    return `if (target.startsWith(${JSON.stringify(name)}, start)) { end = target.charCodeAt(start + ${name.length}); if (end === 47 || end === 63 || end !== end) return ${index} }`
  }
  // Behind the end of a name stands whatever the request asks for: no position there tells anything.
  const shortest = Math.min(...candidates.map(({ name }) => name.length))
  let best: { readonly position: number; readonly groups: ReadonlyMap<number, readonly Candidate[]> } | undefined
  for (let position = 0; position <= shortest; position++) {
    const groups = Map.groupBy(candidates, ({ name }) => (position < name.length ? name.charCodeAt(position) : -1))
    if (best === undefined || groups.size > best.groups.size) best = { position, groups }
  }
  if (best === undefined || best.groups.size < 2) throw new Error('Two objects have one name.')
  const cases = [...best.groups].map(([code, group]) => `${code < 0 ? 'default' : `case ${code}`}: ${printSwitch(group)} break`)
  return `switch (target.charCodeAt(start + ${best.position})) {\n${cases.join('\n')}\n}`
}
