import { code, type Hole, list, raw } from '../../code/code.ts'
import { literal } from '../../code/literal.ts'
import type { CalledIr, GuardIr } from '../../ir/machine.ts'
import type { Imports } from '../hooks/handler-imports.ts'
import { condition } from './printed-values.ts'

/** Functions of the schemas with what they are called with. */
export const calledList = (actions: readonly CalledIr[], imports: Imports): Hole =>
  list(
    actions.map((action) => calledText(action, imports)),
    { tail: 1 },
  )

export const calledText = ({ handler, params }: CalledIr, imports: Imports): Hole =>
  raw(params === undefined ? `[${imports.nameOf(handler)}]` : `[${imports.nameOf(handler)}, ${literal(params)}]`)

/** `guard: (record) => …` or `guardedBy: [isHeavy]`; nothing where there is none. */
export const guardEntry = (guard: GuardIr | undefined, imports: Imports): readonly Hole[] =>
  guard === undefined
    ? []
    : guard.kind === 'typed'
      ? [code`guard: ${condition(guard.typed)}`]
      : [code`guardedBy: ${calledText(guard, imports)}`]
