import { camelCase } from './words.ts'

/** The name, with `_` behind it when JavaScript or TypeScript keeps it for itself: `case` → `case_`. */
export const safeIdentifier = (name: string): string => (RESERVED_WORDS.has(name) ? `${name}_` : name)

/** A legal variable name for any authored name: `due date` → `dueDate`, `default` → `default_`. Not unique by itself. */
export const identifierOf = (name: string): string => safeIdentifier(camelCase(name))

/** Words that cannot name a variable in a module, and lower-case globals that hiding would make confusing. */
const RESERVED_WORDS: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class console const continue debugger default delete do else enum eval export exports extends false finally for ' +
    'function globalThis if implements import in instanceof interface let module new null package private process protected public require return ' +
    'static super switch this throw true try typeof undefined var void while with yield'
  ).split(' '),
)
