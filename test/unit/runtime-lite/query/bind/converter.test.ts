import { describe, expect, test } from 'vitest'
import type { FieldPlan } from '../../../../../runtime-lite/object/object-plan.ts'
import type { SlotType, SlotValue } from '../../../../../runtime-lite/query/ast.ts'
import { converterFor } from '../../../../../runtime-lite/query/bind/converter.ts'
import { refusal } from '../../../../support/url-query.ts'

const convert = (field: FieldPlan, type: SlotType | 'boolean', value: SlotValue): unknown =>
  converterFor({ name: 'f', field, place: { parameter: 'f' } }, type)(value)
const stage: FieldPlan = { kind: 'option', options: ['open', 'Won', 'Lost', 'LOST'] }
const rate: FieldPlan = { kind: 'option', options: [1, 2.5] }

test.each([
  [{ kind: 'text' }, 'quoted', "it''s", "it's"],
  [{ kind: 'text' }, 'untyped', '5', '5'],
  [{ kind: 'text' }, 'string', "''", "''"],
  [{ kind: 'real' }, 'bare', '-1.5e3', -1500],
  [{ kind: 'real' }, 'untyped', '.5', 0.5],
  [{ kind: 'real' }, 'number', 5, 5],
  [{ kind: 'integer' }, 'bare', '9007199254740993', 9007199254740993n],
  [{ kind: 'integer' }, 'bare', '9223372036854775807', 9223372036854775807n],
  [{ kind: 'integer' }, 'bare', '99999999999999999999', 1e20],
  [{ kind: 'boolean' }, 'boolean', true, 1],
  [{ kind: 'boolean' }, 'untyped', 'false', 0],
  [{ kind: 'boolean' }, 'untyped', '1', 1],
  [{ kind: 'date' }, 'bare', '2024-02-29', '2024-02-29'],
  [{ kind: 'datetime' }, 'quoted', '2024-01-01T02:00:00+02:00', '2024-01-01T00:00:00.000Z'],
  [{ kind: 'datetime' }, 'bare', '2024-01-01', '2024-01-01T00:00:00.000Z'],
  [{ kind: 'time' }, 'bare', '09:30', '09:30'],
  [stage, 'quoted', 'OPEN', 'open'],
  [stage, 'quoted', 'lost', 'lost'],
  [stage, 'quoted', 'Lost', 'Lost'],
  [stage, 'quoted', 'unheard of', 'unheard of'],
  [rate, 'bare', '2.5', 2.5],
  [rate, 'quoted', '1', 1],
  [{ kind: 'text' }, 'list', 'a, b,', '["a","b",""]'],
  [{ kind: 'text' }, 'list', [' a', 'b,c'], '[" a","b,c"]'],
  [{ kind: 'real' }, 'list', '1,2.5', '[1,2.5]'],
  [{ kind: 'real' }, 'list', [1, 2.5], '[1,2.5]'],
  [{ kind: 'integer' }, 'list', '1,9007199254740993', '[1,9007199254740993]'],
  [{ kind: 'boolean' }, 'list', 'true,false', '[1,0]'],
  [{ kind: 'boolean' }, 'parameter', true, 1],
  [{ kind: 'real' }, 'parameter', 2.5, 2.5],
  [{ kind: 'text' }, 'parameter', "it''s", "it''s"],
  [{ kind: 'json', shape: 'vector' }, 'quoted', '1, 2.5', '[1,2.5]'],
] as const)('%j as %s: %j → %s', (field, type, value, expected) => {
  expect(convert(field as FieldPlan, type, value as SlotValue)).toEqual(expected)
})

describe('refusals', () => {
  test.each([
    [{ kind: 'text' }, 'bare', '5', '"f" is compared with a number: strings stand in apostrophes.'],
    [{ kind: 'text' }, 'number', 5, '"f" is compared with a number, but it holds text.'],
    [{ kind: 'text' }, 'boolean', true, '"f" is compared with a boolean, but it holds text.'],
    [{ kind: 'text' }, 'list', [5], '"f" is compared with a number, but it holds text.'],
    [{ kind: 'real' }, 'quoted', '5', '"f" is compared with a string, but it holds numbers.'],
    [{ kind: 'real' }, 'list', ['5'], '"f" is compared with a string, but it holds numbers.'],
    [{ kind: 'real' }, 'boolean', true, '"f" is compared with a boolean, but it holds numbers.'],
    [{ kind: 'real' }, 'untyped', '1e999', '"f" is compared with "1e999", which is not a number.'],
    [{ kind: 'real' }, 'untyped', '0x10', '"f" is compared with "0x10", which is not a number.'],
    [{ kind: 'real' }, 'untyped', '', '"f" is compared with "", which is not a number.'],
    [{ kind: 'boolean' }, 'quoted', 'true', '"f" is compared with a string, but it holds true or false.'],
    [{ kind: 'boolean' }, 'bare', '1', '"f" is compared with a number, but it holds true or false.'],
    [{ kind: 'boolean' }, 'untyped', 'yes', '"f" is compared with "yes", which is not true or false.'],
    [{ kind: 'date' }, 'quoted', '2024-02-30', '"f" is compared with "2024-02-30", which is not a date (YYYY-MM-DD).'],
    [{ kind: 'date' }, 'number', 5, '"f" is compared with a number, but it holds dates.'],
    [{ kind: 'datetime' }, 'bare', '5', '"f" is compared with "5", which is not an instant (YYYY-MM-DDTHH:mm:ssZ).'],
    [{ kind: 'datetime' }, 'boolean', true, '"f" is compared with a boolean, but it holds instants.'],
    [stage, 'boolean', true, '"f" is compared with a boolean, but it holds options.'],
    [rate, 'quoted', 'x', '"f" is compared with a value that is not a number.'],
  ] as const)('%j as %s: %j', (field, type, value, message) => {
    expect(refusal(() => convert(field as FieldPlan, type, value as SlotValue))).toMatchObject({
      status: 400,
      code: 'INVALID_FILTER',
      message,
    })
  })
})
