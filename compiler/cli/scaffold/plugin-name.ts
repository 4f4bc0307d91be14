/** Why a name cannot be the name of a plugin's package, or undefined. */
export function pluginNameProblem(name: string): string | undefined {
  if (/^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z](?:[a-z0-9._-]*[a-z0-9])?$/.test(name) && name.length <= 100) return undefined
  return `"${name}" cannot name a plugin. Use lower-case letters, digits and hyphens, such as "audit" or "@acme/audit".`
}

/** `@acme/plugin-audit-trail` → `plugin-audit-trail` */
export const bareName = (name: string): string => name.slice(name.indexOf('/') + 1)

/** How objects of the plugin begin: `@acme/plugin-audit-trail` → `audit_trail`. Short, for databases limit names. */
export function identifierOf(name: string): string {
  const bare = bareName(name).replace(/^(?:objectql-)?plugin-(?=[a-z])/, '')
  return bare
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 30)
    .replace(/_+$/, '')
}
