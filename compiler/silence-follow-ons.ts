import type { Diagnostic } from './diagnostics/diagnostic.ts'

/** What link says of a name that it does not know. */
const UNKNOWN_NAME_CODES: ReadonlySet<string> = new Set([
  'link/ambiguous-reference',
  'link/extension-without-owner',
  'link/external-reference',
  'link/guessed-reference',
  'link/unattached',
  'link/unknown-object',
  'link/unknown-summary-object',
])

/**
 * When a file could not be read, the objects in it are unknown to everybody who refers to them. That they are is no news: the
 * root cause is told, the follow-on problems are not.
 */
export function silenceFollowOns(linked: readonly Diagnostic[], loaded: readonly Diagnostic[]): readonly Diagnostic[] {
  const isFileLost = loaded.some(({ code, severity }) => severity === 'error' && code.startsWith('load/'))
  return isFileLost ? linked.filter(({ code }) => !UNKNOWN_NAME_CODES.has(code)) : linked
}
