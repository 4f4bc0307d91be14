import { inspect, isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { paramsValidators } from '../../compiler/6-emit/objects/validators.ts'
import { sourceText } from '../../compiler/code/source-text.ts'
import type { ObjectIr } from '../../compiler/ir/object.ts'
import * as helpers from '../../runtime-lite/validate/index.ts'
import { interpretValidation } from '../support/interpret-validation.ts'
import type { Validate } from '../support/load-validators.ts'
import { random, testSeed } from '../support/random.ts'
import { randomInput } from '../support/random-input.ts'
import { randomObject, writable } from '../support/random-object.ts'

const INPUTS_PER_ACTION = 25

/** Two actions in one module, whose constants must not meet. */
function loadParams(object: ObjectIr): { readonly text: string; readonly validate: readonly Validate[] } {
  const params = writable(object)
  const checked = ['validateOne', 'validateTwo'].map((name) => ({ name, stem: 'act', label: 'Act', params }))
  const text = sourceText({ header: '// Generated for a test.', body: paramsValidators(checked) })
  const body = text
    .replace(/^import \{([^}]*)\} from 'objectql\/validate'$/m, 'const {$1} = helpers')
    .replaceAll(/^export function/gm, 'function')
  const load = new Function('helpers', `'use strict'\n${body}\nreturn [validateOne, validateTwo]`)
  return { text, validate: load(helpers) as readonly Validate[] }
}

/** Records have ids, parameters have none. */
function withoutId(input: unknown): unknown {
  if (helpers.isPlainObject(input)) for (const name of ['id', '_id']) delete (input as Record<string, unknown>)[name]
  return input
}

test('parameters of actions are checked as the interpreter checks the fields of a new record', () => {
  const seed = testSeed()
  const cases = Number(process.env['OBJECTQL_CASES'] ?? 4_000)
  console.log(`action params: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${cases}`)
  const generator = random(seed)
  let valid = 0
  let refused = 0
  for (let done = 0; done < cases; ) {
    const drawn = randomObject(generator)
    const object: ObjectIr = { ...drawn, fields: writable(drawn) }
    const { text, validate } = loadParams(object)
    for (let index = 0; index < INPUTS_PER_ACTION && done < cases; index++, done++) {
      const inputSeed = generator.below(2 ** 31)
      const inputs = [0, 1, 2].map(() => withoutId(randomInput(random(inputSeed), object)))
      const expected = interpretValidation(object, inputs[0], 'create')
      for (const [at, compiled] of validate.entries()) {
        const input = inputs[at + 1]
        const issues = compiled(input)
        const found = (issues ?? []).map(({ pointer, code }) => `${pointer} ${code}`).sort()
        if (!isDeepStrictEqual(found, expected.issues) || !isDeepStrictEqual(input, expected.input))
          expect.fail(
            `Seed ${seed}, input seed ${inputSeed}:\ninterpreter ${inspect(expected, { depth: 9 })}\ncompiled ${inspect({ issues, input }, { depth: 9 })}\n${text}`,
          )
        if (issues === undefined) valid++
        else refused++
      }
    }
  }
  expect(Math.min(valid, refused)).toBeGreaterThan(cases / 20)
}, 120_000)
