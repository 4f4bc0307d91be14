/** Packed whatever `files` says. https://docs.npmjs.com/cli/configuring-npm/package-json#files */
const ALWAYS = /^(?:package\.json|README(?:\.[^/]*)?|LICEN[CS]E(?:\.[^/]*)?)$/i

export interface PackRules {
  /** `files` of the package.json; undefined: everything. */
  readonly files: readonly string[] | undefined
  /** Of .npmignore, or else of .gitignore. They count where there is no `files`. */
  readonly ignored: readonly string[]
}

/** Whether `npm pack` would take a file, by its path relative to the package. Later patterns win, `!` takes back. */
export function isPacked(path: string, { files, ignored }: PackRules): boolean {
  if (ALWAYS.test(path)) return true
  if (path.split('/').includes('node_modules')) return false
  return files === undefined ? !decides(ignored, path) : decides(files, path)
}

function decides(patterns: readonly string[], path: string): boolean {
  let isMatched = false
  for (const written of patterns) {
    const isNegative = written.startsWith('!')
    const pattern = isNegative ? written.slice(1) : written
    if (isMatched === isNegative && matches(pattern, path)) isMatched = !isNegative
  }
  return isMatched
}

/** A pattern names a file, or a folder with all that is in it. One without a slash does so at any depth. */
function matches(written: string, path: string): boolean {
  const isAnchored = /^\.?\/|\/./.test(written)
  const pattern = written.replace(/^\.?\/+/, '').replace(/\/+$/, '')
  if (pattern === '' || pattern === '.') return true
  return new RegExp(`^${isAnchored ? '' : '(?:.*/)?'}${source(pattern)}(?:/.*)?$`).test(path)
}

function source(pattern: string): string {
  return pattern.replace(/\*\*\/|\*\*|\*|\?|[\\^$.|+()[\]{}]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    return part === '?' ? '[^/]' : `\\${part}`
  })
}

/** The patterns of an ignore file. */
export const patternsOf = (text: string): readonly string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
