import { type Code, type Hole, sym } from '../../../code/code.ts'
import type { SchemaIr } from '../../../ir/json-schema.ts'
import { RUNTIME } from '../module-scope.ts'

/** What the body of one function is printed with. */
export interface SchemaScope {
  /** Names of the function itself and of the module. */
  readonly used: Set<string>
  /** Of names of further functions. */
  readonly stem: string
  /** A constant of the module. */
  readonly declare: (value: Code) => Code
  /** The name of a further function for a part. */
  readonly functionOf: (schema: SchemaIr, stem: string) => string
  /** The name of the function for what a reference leads to. */
  readonly referred: (ref: string) => string
  /** Where it is asked what keywords look at, here or by a caller. */
  readonly known?: KnownScope
}

export interface KnownScope {
  /** The variable that collects it, which is used from now on. */
  readonly use: () => string
  /** Whether the function for a schema takes that variable. */
  readonly isTakenBy: (schema: SchemaIr) => boolean
}

/** Expressions of a value and of the pointer that leads there. */
export interface Part {
  readonly value: string
  readonly at: string
}

export const WHOLE: Part = { value: 'value', at: 'at' }

export const helper = (name: string): Hole => sym(name, RUNTIME)

/** A name that nothing else has. */
export function fresh(stem: string, taken: Set<string>): string {
  let name = stem
  for (let number = 2; taken.has(name); number++) name = `${stem}${number}`
  taken.add(name)
  return name
}

/** A pointer to what stands under a name that is known. */
export const below = (name: string | number): string =>
  `\`\${at}/${String(name)
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')
    .replace(/[`\\]|\$\{/g, '\\$&')}\``
