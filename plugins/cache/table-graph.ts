/** The tables of an application, as far as a cache has to know them. Names are in lower case: some databases do not tell cases apart. */
export interface TableGraph {
  readonly tables: ReadonlySet<string>
  /** What the database changes by itself when records of a table are deleted: references that cascade or are cleared, and so on. The table is among them. */
  reached(table: string): readonly string[]
  /** Records of a table that are deleted may take or change others of the same table. */
  reachesItself(table: string): boolean
}

const NAME = '"((?:[^"]|"")+)"|`((?:[^`]|``)+)`'
const PARTS = new RegExp(
  `\\b(create table|alter table) (?:${NAME})( /\\* objectql \\*/)?|\\breferences (?:${NAME}) \\([^)]*\\) on delete (\\w+)`,
  'g',
)

/** Reads a schema as the compiler prints it. What it adds itself for full-text search is left out: it follows the table it is for. */
export function tableGraph(schema: string): TableGraph {
  const tables = new Set<string>()
  const followersOf = new Map<string, Set<string>>()
  let current = ''
  for (const [, verb, double, back, ours, doubleTarget, backTarget, action] of withoutComments(schema).matchAll(PARTS)) {
    if (verb !== undefined) {
      current = nameOf(double, back)
      if (ours === undefined) tables.add(current)
      continue
    }
    if (action === 'restrict' || action === 'no') continue
    const target = nameOf(doubleTarget, backTarget)
    const followers = followersOf.get(target)
    if (followers) followers.add(current)
    else followersOf.set(target, new Set([current]))
  }
  const reachedBy = new Map<string, readonly string[]>()
  return {
    tables,
    reached(table) {
      const known = reachedBy.get(table)
      if (known) return known
      const found = new Set([table])
      for (const each of found) for (const follower of followersOf.get(each) ?? []) found.add(follower)
      const all = [...found]
      reachedBy.set(table, all)
      return all
    },
    reachesItself(table) {
      return this.reached(table).some((each) => followersOf.get(each)?.has(table) === true)
    },
  }
}

const withoutComments = (schema: string): string => schema.replaceAll(/^\s*--.*$/gm, '')

/** @throws Error for a name that holds quotes, which statements could not be searched for. */
function nameOf(double = '', back = ''): string {
  const name = (double || back).toLowerCase()
  if (/["`]/.test(name)) throw new Error(`The table ${name} has a quote in its name, which the cache cannot follow.`)
  return name
}
