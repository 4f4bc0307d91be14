import type { Node } from 'ts-morph'
import type { Kinds } from './kinds.ts'

/** What a name stands for, inside of the function that is read. */
export type Local =
  /** The hook's context. */
  | { readonly is: 'context' }
  /** The record that is written: an object whose members are plain data, of any kind. */
  | { readonly is: 'record' }
  | { readonly is: 'value'; readonly kinds: Kinds }

/** What is known at one place of a function. */
export interface Scope {
  readonly locals: ReadonlyMap<string, Local>
  /** What tests have shown about values, by their text: names and members of records, which nothing changes in between. */
  readonly shown: ReadonlyMap<string, Kinds>
  /** Kinds of what the module declares, by name: assumed while they are being proven. */
  readonly assumed: ReadonlyMap<string, Kinds>
  /** What is said of an expression that nothing is known about: undefined, it may throw; else what it is when it does not. */
  readonly unknown: Kinds | undefined
}

export const withLocals = (scope: Scope, added: readonly (readonly [string, Local])[]): Scope => ({
  ...scope,
  locals: new Map([...scope.locals, ...added]),
})

/** What is known when a value has been found to be of these kinds only. */
export const withShown = (scope: Scope, place: Node, kinds: Kinds): Scope => {
  const text = place.getText()
  const before = scope.shown.get(text)
  return { ...scope, shown: new Map([...scope.shown, [text, before === undefined ? kinds : before & kinds]]) }
}
