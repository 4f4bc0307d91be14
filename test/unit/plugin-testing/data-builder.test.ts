import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { builderOf } from '../../../compiler/plugin-testing/data-builder.ts'
import { fieldIr, objectIr } from '../../support/ir.ts'
import { loadValidators } from '../../support/load-validators.ts'
import { random, testSeed } from '../../support/random.ts'
import { randomObject } from '../../support/random-object.ts'

test('records of random schemas are accepted and refused as they say', { timeout: 120_000 }, () => {
  const seed = testSeed()
  const cases = Number(process.env['OBJECTQL_CASES'] ?? 1000)
  console.log(`data builder: OBJECTQL_SEED=${seed} OBJECTQL_CASES=${cases}`)
  const generator = random(seed)
  const counts = { valid: 0, boundary: 0, invalid: 0, without: 0 }
  const codes = new Set<string>()
  for (let done = 0; done < cases; done++) {
    const object = randomObject(generator)
    const validate = loadValidators(object)
    const builder = builderOf(object, { seed: generator.below(1e9) })
    try {
      builder.valid()
    } catch (error) {
      // Limits that contradict each other, and patterns that no sample is found for.
      expect(error).toBeInstanceOf(RangeError)
      counts.without++
      continue
    }
    const check = (record: object): string[] => (validate.create(record) ?? []).map(({ pointer, code }) => `${pointer} ${code}`)
    for (const record of builder.many(3)) {
      expect([check(record), record]).toEqual([[], expect.anything()])
      counts.valid++
    }
    for (const { field, value, record } of builder.boundary()) {
      const found = check(record)
      if (found.length > 0)
        expect.fail(`seed ${seed}: ${field} ${inspect(value)} ${found} ${inspect(object.fields.find(({ name }) => name === field))}`)
      counts.boundary++
    }
    for (const { field, code, pointer, record } of builder.invalid()) {
      const found = check(record)
      if (found.join() !== `${pointer} ${code}`)
        expect.fail(
          `seed ${seed}: ${pointer} ${code} found ${found} ${inspect(Reflect.get(record, field))} ${inspect(object.fields.find(({ name }) => name === field))}`,
        )
      counts.invalid++
      codes.add(code)
    }
  }
  console.log(counts, [...codes].sort().join())
  expect(counts.without).toBeLessThan(cases / 3)
  expect(counts.valid).toBeGreaterThan(cases)
  for (const code of [
    'required',
    'type',
    'min_length',
    'max_length',
    'pattern',
    'format',
    'min',
    'max',
    'precision',
    'option',
    'dimensions',
    'max_size',
    'unknown_field',
  ])
    expect(codes).toContain(code)
})

const account = objectIr({
  name: 'account',
  fields: {
    name: { type: 'text', value: { kind: 'string', minLength: 2, maxLength: 4 }, isRequired: true },
    employees: { type: 'number', value: { kind: 'number', isInteger: true, min: 1, max: 10 } },
    owner: { type: 'lookup', reference: { object: 'user' } },
  },
})

test('the same seed makes the same records, another one others', () => {
  expect(builderOf(account, { seed: 7 }).many(5)).toEqual(builderOf(account, { seed: 7 }).many(5))
  expect(builderOf(account, { seed: 7 }).many(5)).not.toEqual(builderOf(account, { seed: 8 }).many(5))
})

test('overrides win, references and, if wanted, all that is optional are left out', () => {
  expect(builderOf(account).valid({ employees: 3, owner: 'ida' })).toEqual({ name: expect.any(String), employees: 3, owner: 'ida' })
  expect(Object.keys(builderOf(account, { optional: false }).valid())).toEqual(['name'])
  expect(
    builderOf(account)
      .many(2, (index) => ({ employees: index + 4 }))
      .map(({ employees }) => employees),
  ).toEqual([4, 5])
})

test('limits are met exactly', () => {
  const values = (field: string) =>
    builderOf(account)
      .boundary()
      .filter((one) => one.field === field)
      .map(({ value }) => value)
  expect(values('name')).toEqual(['xx', '🌊🌊', 'xxxx', '🌊🌊🌊🌊'])
  expect(values('employees')).toEqual([1, 10])
})

test('says so when a required field has no value', () => {
  const impossible = objectIr({
    name: 'odd',
    fields: { size: fieldIr('size', { type: 'number', value: { kind: 'number', isInteger: true, min: 5, max: 4 }, isRequired: true }) },
  })
  expect(() => builderOf(impossible).valid()).toThrow(new RangeError('No valid value of "odd.size" is known: give one as override.'))
})
