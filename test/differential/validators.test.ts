import { inspect, isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { interpretValidation } from '../support/interpret-validation.ts'
import { loadValidators, validatorText } from '../support/load-validators.ts'
import { random, testSeed } from '../support/random.ts'
import { randomInput } from '../support/random-input.ts'
import { randomObject } from '../support/random-object.ts'

const INPUTS_PER_OBJECT = 25

test('compiled validators agree with the interpreter', () => {
  const seed = testSeed()
  const cases = Number(process.env['OBJECTQL_CASES'] ?? 12_000)
  console.log(`validators: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${cases}`)
  const generator = random(seed)
  let valid = 0
  let refused = 0
  let canonicalised = 0
  for (let done = 0; done < cases; ) {
    const object = randomObject(generator)
    const compiled = loadValidators(object)
    for (let index = 0; index < INPUTS_PER_OBJECT && done < cases; index++, done++) {
      const inputSeed = generator.below(2 ** 31)
      const mode = generator.chance(0.6) ? 'create' : 'update'
      const at = generator.chance(0.2) ? '/3' : ''
      // Built three times from one seed: functions, cycles and symbols cannot be cloned.
      const [original, forInterpreter, forCompiled] = [0, 1, 2].map(() => randomInput(random(inputSeed), object))
      const expected = interpretValidation(object, forInterpreter, mode, at)
      const issues = compiled[mode](forCompiled, at)
      const found = (issues ?? []).map(({ pointer, code }) => `${pointer} ${code}`).sort()
      if (!isDeepStrictEqual(found, expected.issues) || !isDeepStrictEqual(forCompiled, expected.input)) {
        expect.fail(
          `Seed ${seed}, input seed ${inputSeed}, ${mode}:\n${inspect(original, { depth: 9 })}\ninterpreter ${inspect(expected, { depth: 9 })}\ncompiled ${inspect({ issues, input: forCompiled }, { depth: 9 })}\n${validatorText(object)}`,
        )
      }
      expect(issues?.length).not.toBe(0)
      for (const issue of issues ?? []) expect(issue.message).toMatch(/^.+[.?]$/s)
      if (issues === undefined) valid++
      else refused++
      if (!isDeepStrictEqual(original, forCompiled)) canonicalised++
    }
  }
  // A generator that makes only one kind of input would prove little.
  expect(Math.min(valid, refused)).toBeGreaterThan(cases / 20)
  expect(canonicalised).toBeGreaterThan(cases / 100)
}, 120_000)
