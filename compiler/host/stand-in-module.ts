import { ownModuleUrl } from '../package-identity.ts'
import * as spec from '../spec/index.ts'

/** Packages whose builders and types this package provides itself: the versions real applications name cannot be installed. */
export function isSpecPackage(specifier: string): boolean {
  return /^(?:@objectstack\/spec|@objectql\/types|objectql\/spec)(?:\/|$)/.test(specifier)
}

/** Packages an application imports for its run time only. While metadata is read they may be missing. */
export function isReplaceable(specifier: string): boolean {
  return /^@(?:objectstack|objectql)\//.test(specifier)
}

/** This package itself, whichever copy the project has installed. */
export const OWN_URL = ownModuleUrl('compiler/index')

const SPEC_URL = ownModuleUrl('compiler/spec/index')
const STAND_IN_URL = ownModuleUrl('compiler/spec/stand-in')

/** URL of a module that has every builder of ours, plus a stand-in for each further name the importer asks for. */
export function standInUrl(specifier: string, names: readonly string[]): string {
  const unknown = [...new Set(names)].filter((name) => name === 'default' || !Object.hasOwn(spec, name)).sort()
  if (unknown.length === 0) return SPEC_URL
  const label = JSON.stringify(specifier)
  const code = [
    `export * from ${JSON.stringify(SPEC_URL)}`,
    `import { createStandIn } from ${JSON.stringify(STAND_IN_URL)}`,
    ...unknown.map(
      (name, index) => `const value${index} = createStandIn(${label}, ${JSON.stringify(name)})\nexport { value${index} as ${name} }`,
    ),
  ].join('\n')
  return `data:text/javascript,${encodeURIComponent(code)}`
}
