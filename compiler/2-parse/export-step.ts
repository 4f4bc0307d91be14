/** The way to a value from its module's exports: `default.triggers.audit.handler`, `hooks["on save"]`. */
export function exportStep(path: string, key: string): string {
  if (path === '') return key
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `${path}.${key}` : `${path}[${/^\d+$/.test(key) ? key : JSON.stringify(key)}]`
}
