import { ObjectQLError } from '../problem/problem.ts'
import type { Validator } from './question.ts'

/** Validators that a program registers while it runs, for rules that only name one. */
export interface ValidatorRegistry {
  /**
   * Takes the place of what was registered under that name.
   * @returns a function that takes it away again.
   * @throws TypeError without a name or a function.
   */
  add(name: string, validator: Validator): () => void
  /** @throws ObjectQLError 500 when nobody registered one: a rule that cannot be asked lets nothing pass. */
  named(name: string): Validator
}

export function createValidatorRegistry(): ValidatorRegistry {
  const validators = new Map<string, Validator>()
  return {
    add(name, validator) {
      if (typeof name !== 'string' || name === '') throw new TypeError('A validator has a name, which is a text that is not empty.')
      if (typeof validator !== 'function') throw new TypeError(`The validator "${name}" is no function.`)
      validators.set(name, validator)
      return () => {
        if (validators.get(name) === validator) validators.delete(name)
      }
    },
    named(name) {
      const validator = validators.get(name)
      if (validator) return validator
      const problem = new ObjectQLError(500, 'INTERNAL_ERROR', 'A validator is missing.')
      problem.cause = new Error(`A rule asks "${name}", which nobody registered: app.registerValidator('${name}', validator).`)
      throw problem
    },
  }
}
