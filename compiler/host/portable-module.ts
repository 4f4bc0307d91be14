import { parseSync } from 'oxc-parser'
import { transformSync } from 'oxc-transform'

/** A module as JavaScript, with other specifiers. */
export interface PortableModule {
  readonly code: string
  /** A source map of version 3 without sources. */
  readonly mappings: string
}

/**
 * Strips types and says where each import leads from now on. Imports of types alone are gone before anybody is asked.
 * `rename`: the new specifier; undefined where there is none, which ends it. Gives the specifier that has none.
 */
export function portableModule(
  path: string,
  text: string,
  rename: (specifier: string, names: readonly string[]) => string | undefined,
): PortableModule | { readonly missing: string } {
  const { code, map, errors } = transformSync(path, text.replace(/^\uFEFF/, ' '), { sourcemap: true })
  const { staticImports, staticExports, dynamicImports, hasModuleSyntax } = parseSync('module.js', code).module
  if (errors.some(({ severity }) => severity === 'Error') || (!hasModuleSyntax && /\bmodule\.exports\b|\bexports\.\w/.test(code)))
    return { missing: path }
  const requests = [
    ...staticImports.map(({ moduleRequest, entries }) => ({
      ...moduleRequest,
      names: entries.flatMap(({ importName }) => (importName.kind === 'Default' ? ['default'] : (importName.name ?? []))),
    })),
    ...staticExports.flatMap(({ entries }) =>
      entries.flatMap(({ moduleRequest, importName }) =>
        moduleRequest ? [{ ...moduleRequest, names: [importName.name ?? []].flat() }] : [],
      ),
    ),
    ...dynamicImports.flatMap(({ moduleRequest: { start, end } }) => {
      const value = /^(['"])([^'"\\]*)\1$/.exec(code.slice(start, end))?.[2]
      return value === undefined ? [] : [{ start, end, value, names: [] }]
    }),
  ]
  let renamed = ''
  let at = 0
  // A statement that exports several names is one request.
  const byStart = new Map(requests.map((request) => [request.start, request]))
  for (const { start, end, value } of [...byStart.values()].sort((left, right) => left.start - right.start)) {
    const names = requests.flatMap((request) => (request.value === value ? request.names : []))
    const specifier = rename(value, names)
    if (specifier === undefined) return { missing: value }
    renamed += code.slice(at, start) + JSON.stringify(specifier)
    // What was JSON is a module now.
    const attributes = specifier === value ? null : /^\s*with\s*\{[^}]*\}/.exec(code.slice(end))
    at = end + (attributes?.[0].length ?? 0)
  }
  return { code: renamed + code.slice(at), mappings: map?.mappings ?? '' }
}
