import { describe, expect, test } from 'vitest'
import { jsonBody } from '../../../../runtime-lite/rest/body.ts'
import { refusal } from '../../../support/url-query.ts'

const body = (text: string | Uint8Array | undefined, type: string | undefined = 'application/json'): unknown =>
  jsonBody({
    method: 'POST',
    target: '/',
    rawHeaders: type === undefined ? [] : ['Content-Type', type],
    body: typeof text === 'string' ? new TextEncoder().encode(text) : text,
  })

test.each([
  ['{"a":1}', { a: 1 }],
  ['\ufeff{"a":1}', { a: 1 }],
  ['[]', []],
  [' null ', null],
  ['"a:b"', 'a:b'],
  ['{"a:":":\\":","b":{"c":[{"d":1},":"]}}', { 'a:': ':":', b: { c: [{ d: 1 }, ':'] } }],
  ['{"a\\\\":1,"\\"":2}', { 'a\\': 1, '"': 2 }],
  ['{"constructor":1,"toString":2}', { constructor: 1, toString: 2 }],
])('%s', (text, value) => {
  expect(body(text)).toEqual(value)
})

test.each([
  'application/json',
  'Application/JSON',
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/merge-patch+json',
  'application/vnd.api+json; v=1',
])('takes %s', (type) => {
  expect(body('{}', type)).toEqual({})
})

test('takes a body without a type', () => {
  expect(jsonBody({ method: 'POST', target: '/', rawHeaders: [], body: new TextEncoder().encode('[]') })).toEqual([])
})

test.each([
  'text/plain',
  '',
  'application/json; charset=utf-16',
  'application/xml',
  'multipart/form-data; boundary=x',
  'json',
  'application/x-www-form-urlencoded',
])('refuses %j with 415', (type) => {
  expect(refusal(() => body('{}', type))).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' })
})

describe('refuses with 400', () => {
  test.each([
    [undefined, 'The request body is empty. Send a JSON document.'],
    ['', 'The request body is empty. Send a JSON document.'],
    [new Uint8Array([0x22, 0xff, 0x22]), 'The request body is not valid UTF-8.'],
    [new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'The request body is not valid UTF-8.'],
    ['{', 'The request body is not valid JSON: it ends too early at line 1, column 2.'],
    ['{"a":1,}', 'The request body is not valid JSON: unexpected "}" at line 1, column 8.'],
    ['{\n  "a": x\n}', 'The request body is not valid JSON: unexpected "x" at line 2, column 8.'],
    ["{'a':1}", `The request body is not valid JSON: unexpected "'" at line 1, column 2.`],
    ['[1] [2]', 'The request body is not valid JSON: unexpected "[" at line 1, column 5.'],
    ['{"a":1,"a":2}', 'The key "a" stands twice in one object.'],
    ['{"a":{"b":1,"c":[{"d":1,"d":2}]}}', 'The key "d" stands twice in one object.'],
    ['{"a":1,"\\u0061":2}', 'The key "a" stands twice in one object.'],
    ['{"__proto__":1}', 'The key "__proto__" is not allowed.'],
    ['[{"a":{"__proto__":{}}}]', 'The key "__proto__" is not allowed.'],
    ['{"\\u005f_proto__":1}', 'The key "__proto__" is not allowed.'],
    ['['.repeat(1000) + ']'.repeat(1000), 'The request body is nested deeper than 200 levels.'],
    [`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`, 'The request body is nested deeper than 200 levels.'],
  ])('%j', (text, message) => {
    expect(refusal(() => body(text))).toMatchObject({ status: 400, code: 'INVALID_JSON', message })
  })

  test('half a million brackets at once', () => {
    expect(refusal(() => body('['.repeat(500_000))).status).toBe(400)
    expect(refusal(() => body('['.repeat(500_000) + ']'.repeat(500_000))).status).toBe(400)
  })
})
