/** A difference that a migration does not remove by itself, because data would be lost or because it cannot. */
export interface Refusal {
  readonly kind:
    | 'dropped-column'
    | 'dropped-table'
    | 'type-change'
    | 'dangling-reference'
    | 'duplicate-values'
    | 'primary-key'
    | 'not-a-table'
    | 'required-column'
    | 'nothing-to-drop'
  readonly table: string
  readonly column?: string
  /** What is wrong, what stays as it is, and what to do about it. */
  readonly message: string
  /** What `--allow-drop` takes to do it and lose the data; absent when no command can. */
  readonly allowDrop?: string
  /** True when the application cannot work with the database as it is. */
  readonly isBlocking: boolean
}

/** The command that does what was refused. */
export const allowDropCommand = (...names: readonly string[]): string =>
  `objectql migrate ${names.map((name) => `--allow-drop ${shellWord(name)}`).join(' ')}`

// Anything but plain words goes in apostrophes.
const shellWord = (text: string): string => (/^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)
