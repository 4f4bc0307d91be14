import { parseSync } from 'oxc-parser'

/** The part of a tsconfig.json that changes what an import means. */
export interface Tsconfig {
  readonly path: string
  /** Paths `compilerOptions.paths` and `baseUrl` give for a specifier, most specific pattern first. */
  candidatesFor(specifier: string): readonly string[]
}

interface CompilerPaths {
  readonly baseUrl: string | undefined
  /** Pattern → absolute targets; both may hold one `*`. */
  readonly targetsByPattern: ReadonlyMap<string, readonly string[]>
}

type Join = (folder: string, path: string) => string
type ReadText = (path: string) => string | undefined

/** Reads a configuration file and those it extends. Undefined when there is none or it is not readable as JSON with comments. */
export function readTsconfig(path: string, readText: ReadText, join: Join): Tsconfig | undefined {
  const paths = readPaths(path, readText, join, 0)
  if (paths === undefined) return undefined
  const patterns = [...paths.targetsByPattern.keys()].sort((a, b) => prefixOf(b).length - prefixOf(a).length)
  return {
    path,
    candidatesFor(specifier) {
      const found: string[] = []
      for (const pattern of patterns) {
        const matched = matchPattern(pattern, specifier)
        if (matched === undefined) continue
        for (const target of paths.targetsByPattern.get(pattern) ?? []) found.push(target.replace('*', () => matched))
        break
      }
      if (paths.baseUrl !== undefined) found.push(join(paths.baseUrl, specifier))
      return found
    },
  }
}

const prefixOf = (pattern: string): string => pattern.split('*')[0] ?? ''

function matchPattern(pattern: string, specifier: string): string | undefined {
  const [prefix = '', suffix] = pattern.split('*')
  if (suffix === undefined) return specifier === pattern ? '' : undefined
  const isMatch = specifier.length >= prefix.length + suffix.length && specifier.startsWith(prefix) && specifier.endsWith(suffix)
  return isMatch ? specifier.slice(prefix.length, specifier.length - suffix.length) : undefined
}

/** Longer chains of `extends` are circles. */
const DEEPEST_EXTENDS = 16

function readPaths(path: string, readText: ReadText, join: Join, depth: number): CompilerPaths | undefined {
  const text = readText(path)
  const config = text === undefined || depth > DEEPEST_EXTENDS ? undefined : parseJsonWithComments(text)
  if (!isRecord(config)) return undefined
  const folder = join(path, '..')
  let inherited: CompilerPaths = { baseUrl: undefined, targetsByPattern: new Map() }
  for (const base of listOf(config['extends'])) {
    const parent = baseCandidates(base, folder, join)
      .map((candidate) => readPaths(candidate, readText, join, depth + 1))
      .find((found) => found !== undefined)
    inherited = { baseUrl: parent?.baseUrl ?? inherited.baseUrl, targetsByPattern: parent?.targetsByPattern ?? inherited.targetsByPattern }
  }
  const options = isRecord(config['compilerOptions']) ? config['compilerOptions'] : {}
  const baseUrl = typeof options['baseUrl'] === 'string' ? join(folder, options['baseUrl']) : inherited.baseUrl
  if (!isRecord(options['paths'])) return { baseUrl, targetsByPattern: inherited.targetsByPattern }
  const targets = Object.entries(options['paths']).map(([pattern, list]): [string, string[]] => [
    pattern,
    listOf(list).map((target) => join(baseUrl ?? folder, target)),
  ])
  return { baseUrl, targetsByPattern: new Map(targets) }
}

function baseCandidates(base: string, folder: string, join: Join): readonly string[] {
  const names = base.endsWith('.json') ? [base] : [`${base}.json`, `${base}/tsconfig.json`, base]
  if (base.startsWith('.') || /^(?:[a-zA-Z]:)?[\\/]/.test(base)) return names.map((name) => join(folder, name))
  const candidates: string[] = []
  for (let current = folder, parent = ''; current !== parent && current !== ''; parent = current, current = join(current, '..')) {
    candidates.push(...names.map((name) => join(current, `node_modules/${name}`)))
  }
  return candidates
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value : [value]).filter((item) => typeof item === 'string')

/** JSON with comments and trailing commas is a subset of JavaScript expressions, and a parser for those is at hand. */
function parseJsonWithComments(text: string): unknown {
  const { program, errors } = parseSync('tsconfig.js', `(${text.replace(/^\uFEFF/, '')}\n)`, { preserveParens: false })
  const statement = program.body[0]
  if (errors.length > 0 || statement?.type !== 'ExpressionStatement') return undefined
  return literalValue(statement.expression)
}

function literalValue(node: { readonly type: string }): unknown {
  const literal = node as LiteralNode
  switch (literal.type) {
    case 'Literal':
      return literal.value
    case 'ArrayExpression':
      return literal.elements.map((element) => (element === null ? null : literalValue(element)))
    case 'ObjectExpression':
      return Object.fromEntries(literal.properties.map(({ key, value }) => [String(key?.value ?? key?.name), value && literalValue(value)]))
    default:
      return undefined
  }
}

type LiteralNode =
  | { readonly type: 'Literal'; readonly value: unknown }
  | { readonly type: 'ArrayExpression'; readonly elements: readonly ({ readonly type: string } | null)[] }
  | {
      readonly type: 'ObjectExpression'
      readonly properties: readonly {
        readonly key?: { readonly name?: string; readonly value?: unknown }
        readonly value?: { readonly type: string }
      }[]
    }
