/** Where the list of files we own stands, relative to the output folder. Committed with the output. */
export const MANIFEST_NAME = '.objectql.json'

/** Content hash of every file we wrote, by path relative to the output folder. Forward slashes. */
export type Owned = ReadonlyMap<string, string>

/** One file per line, sorted: branches that touch different files merge without a conflict. */
export function printManifest(owned: Owned): string {
  const lines = [...owned]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, hash]) => `    ${JSON.stringify(path)}: ${JSON.stringify(hash)}`)
  return `{\n  "schemaVersion": 1,\n  "files": {\n${lines.join(',\n')}\n  }\n}\n`
}

const FILE_LINE = /^\s*("(?:[^"\\]|\\.)+"): "([0-9a-f]{32})",?\s*$/

/**
 * Reads line by line rather than as JSON, so that a manifest with merge conflict markers still tells which files are ours:
 * those of both sides.
 */
export function parseManifest(text: string): Owned {
  const owned = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = FILE_LINE.exec(line)
    if (match?.[1] === undefined || match[2] === undefined) continue
    const path = parsePath(match[1])
    if (path !== undefined) owned.set(path, match[2])
  }
  return owned
}

/** A manifest that was tampered with must not make us delete files elsewhere. */
function parsePath(json: string): string | undefined {
  try {
    const path: unknown = JSON.parse(json)
    if (typeof path !== 'string' || /^[/\\]|\\|^[A-Za-z]:|(?:^|\/)\.\.?(?:\/|$)/.test(path)) return undefined
    return path
  } catch {
    return undefined
  }
}
