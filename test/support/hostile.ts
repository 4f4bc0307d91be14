import type { Random } from './random.ts'

/** In every hostile value, so that it can be looked for where it must not be: in the text of a statement. */
export const CANARY = 'zq7x'

/** The same for numbers. */
export const NUMERIC_CANARY = '918273645'

const SQL = [
  `' or 1=1 --${CANARY}`,
  `${CANARY}'; drop table "vault"; --`,
  `"; delete from "vault"; --${CANARY}`,
  `${CANARY}') union select "content" from "vault" --`,
  `${CANARY}" is not null or "${CANARY}`,
  `name) or (1=1 ${CANARY}`,
]

/** Values as an attacker, a broken client or a cat on a keyboard sends them. Not encoded. */
export const HOSTILE: readonly string[] = [
  ...SQL,
  ...['', ' ', '\0', '\x01', '\x02', '\x03', '\x7f', '\r\n', '\t', '\u2028', '\ufeff', '\ud800', '名', '🔥', 'ﷺ', 'İ'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'then', 'valueOf', '..', '.', '*'],
  ...[
    'null',
    'undefined',
    'true',
    'NaN',
    'Infinity',
    '-Infinity',
    '-0',
    '1e999',
    '-1e999',
    '9'.repeat(400),
    '1.'.repeat(20),
    '0x10',
    '1_000',
  ],
  ...['9007199254740993', '9223372036854775808', '-9223372036854775809', '1e-400', '٣', '+5', '--5', '5-', '1e', '.', '-'],
  ...["'", "''", "'''", '"', '`', '\\', '%', '%25', '%zz', '&', '=', '+', '#', '?', '/', '//', ';', ',', '(', ')', '[', ']', '{', '}'],
  ...['{"a":1}', '{"__proto__":{"polluted":1}}', '[[[', '{"$where":"1"}', '{"$or":[]}', '["and"]', '[1,2,3]', '{"name":{"$gt":null}}'],
  ...['('.repeat(500), '['.repeat(4000), '{"a":'.repeat(3000), 'not '.repeat(500), "'".repeat(999), ','.repeat(2000), 'a.'.repeat(500)],
  ...[
    CANARY.repeat(2500),
    '$',
    '$$',
    '$filter',
    '${7*7}',
    '{{7*7}}',
    '../../etc/passwd',
    '<script>',
    '2024-02-30',
    '2024-01-01T25:00:00Z',
    '24:00',
  ],
]

/** Pieces of URLs that are fine by themselves. */
export const PIECES: readonly string[] = [
  ...[
    '$filter=',
    'filter=',
    'where=',
    '$orderby=',
    'sort=',
    '$top=',
    'limit=',
    '$skip=',
    'offset=',
    '$select=',
    'fields=',
    '$expand=',
    'expand=',
  ],
  ...[
    '$count=true',
    'count=',
    'name=',
    'name[ne]=',
    'revenue[gt]=',
    'tags[contains]=',
    'owner[in]=',
    'active=',
    'founded[le]=',
    'pin=',
    'x[',
    ']=',
  ],
  ...[
    "name eq 'a'",
    'revenue gt 5',
    'not (active eq true)',
    "contains(name,'x')",
    "stage in ('open','won')",
    'owner ne null',
    ' and ',
    ' or ',
  ],
  ...[
    'name desc',
    '-revenue',
    'owner',
    'owner.boss',
    'owner($select=name;$expand=boss)',
    'team',
    'parent.parent.parent',
    'id',
    '*',
    'pin',
    'extra',
  ],
]

const METHODS = [
  'GET',
  'GET',
  'GET',
  'GET',
  'HEAD',
  'POST',
  'POST',
  'PUT',
  'PATCH',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'BREW',
  'get',
  '__proto__',
]
const OBJECTS = [
  'account',
  'account',
  'account',
  'user',
  'task',
  'log',
  'vault',
  'order%20line',
  'metadata',
  'nothing',
  '__proto__',
  'constructor',
]

export interface HostileRequest {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | undefined
}

export function hostileRequest(random: Random): HostileRequest {
  const method = random.pick(METHODS)
  const hasBody = ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) || random.chance(0.05)
  return { method, target: hostileTarget(random), headers: hostileHeaders(random), body: hasBody ? hostileBody(random) : undefined }
}

const anything = (random: Random): string => (random.chance(0.6) ? random.pick(PIECES) : random.pick(HOSTILE))

/** Encoded properly, twice, in part or not at all. */
function encoded(random: Random, text: string): string {
  switch (random.below(6)) {
    case 0:
      return text
    case 1:
      return encodeURIComponent(encodeURIComponent(text.toWellFormed()))
    case 2:
      return Array.from(text, (char) => (random.chance(0.3) ? `%${random.below(256).toString(16).padStart(2, '0')}` : char)).join('')
    default:
      return encodeURIComponent(text.toWellFormed())
  }
}

function hostileTarget(random: Random): string {
  if (random.chance(0.35))
    return random.pick(['/api/account', '/api/account/a1', '/api/user', '/api/user/u1', '/api/task', '/api/account/count', '/livez'])
  if (random.chance(0.05))
    return random.pick([
      '',
      '/',
      '*',
      '//',
      '?',
      '/api',
      '/api/',
      '/apix',
      '/api?x',
      'api/account',
      'http://x/api/account',
      'http://',
      '/%',
      '/livez/',
      '/metadata',
      '/docs/../x',
      '/openapi.json?x=1',
    ])
  let target = `/api/${random.chance(0.9) ? random.pick(OBJECTS) : encoded(random, random.pick(HOSTILE))}`
  if (random.chance(0.4))
    target += `/${random.chance(0.3) ? random.pick(['count', 'a1', 'u1', '01', '']) : encoded(random, random.pick(HOSTILE))}`
  if (random.chance(0.05)) target += `/${encoded(random, random.pick(HOSTILE))}`
  if (random.chance(0.75)) target += `?${hostileQuery(random)}`
  return random.chance(0.1) ? mangled(random, target) : target
}

function hostileQuery(random: Random): string {
  const count = 1 + random.below(4)
  const parameters = Array.from({ length: count }, () => {
    const name = random.chance(0.8) ? random.pick(PIECES.slice(0, 25)) : `${encoded(random, random.pick(HOSTILE))}=`
    const value = Array.from({ length: 1 + random.below(4) }, () => encoded(random, anything(random))).join(
      random.pick(['', '%20', ',', ' and ', '%20or%20']),
    )
    return name + value
  })
  if (random.chance(0.1)) parameters.push(parameters[0]!)
  return parameters.join('&')
}

/** A few random edits. */
export function mangled(random: Random, text: string): string {
  let result = text
  for (let edits = 1 + random.below(4); edits > 0; edits--) {
    const at = random.below(result.length + 1)
    const until = at + random.below(6)
    const middle = random.pick([random.pick(HOSTILE), '', String.fromCharCode(random.below(256)), result.slice(at, until).repeat(2)])
    result = result.slice(0, at) + middle + result.slice(random.chance(0.5) ? at : until)
  }
  return result
}

function hostileHeaders(random: Random): Record<string, string> {
  const headers: Record<string, string> = {}
  if (random.chance(0.7)) headers['content-type'] = 'application/json'
  else if (random.chance(0.5))
    headers['Content-Type'] = random.pick([
      'text/plain',
      'application/json; charset=utf-16',
      'application/merge-patch+json',
      'multipart/form-data',
      '',
      ';',
      'application/json;;',
      'APPLICATION/JSON',
    ])
  if (random.chance(0.2))
    headers['accept'] = random.pick([
      '*/*',
      'application/json',
      'text/html',
      '',
      ',',
      'application/*;q=0',
      'x'.repeat(500),
      'application/problem+json',
    ])
  if (random.chance(0.2))
    headers[random.pick(['if-match', 'if-none-match', 'If-Match'])] = random.pick([
      '*',
      '"1"',
      'W/"1"',
      '',
      ',',
      '"',
      `"${'9'.repeat(40)}"`,
      `"${CANARY}"`,
      'W/"',
      '"1", "2"',
    ])
  return headers
}

function hostileBody(random: Random): Uint8Array {
  const encoder = new TextEncoder()
  switch (random.below(9)) {
    case 0:
      return Uint8Array.from({ length: random.below(60) }, () => random.below(256))
    case 1:
      return encoder.encode(random.pick(HOSTILE))
    case 2:
      return encoder.encode('['.repeat(random.below(100_000)))
    case 3:
      return encoder.encode(mangled(random, JSON.stringify(hostileRecord(random))))
    case 4:
      return encoder.encode(JSON.stringify(Array.from({ length: random.below(5) }, () => hostileRecord(random))))
    case 5:
      return encoder.encode(
        `{"name":"${CANARY}","${random.pick(['name', 'na\\u006de', '__proto__', 'constructor', 'pin'])}":${random.pick(['1e999', '"x"', '{}', '[]', '-0', '1E400', '"\\ud800"', 'null'])}}`,
      )
    case 6:
      return encoder.encode(
        JSON.stringify({ name: CANARY, ...random.pick<object>([{ email: 'a@b.co' }, { id: 'a1' }, { owner: CANARY }, { parent: 'a1' }]) }),
      )
    default:
      return encoder.encode(JSON.stringify(hostileRecord(random)))
  }
}

const FIELDS = [
  'id',
  '_id',
  'name',
  'email',
  'revenue',
  'employees',
  'active',
  'founded',
  'seen_at',
  'opens',
  'stage',
  'tags',
  'notes',
  'extra',
  'place',
  'pin',
  'owner',
  'team',
  'parent',
  'number',
  'created_at',
  '_version',
  'constructor',
  'toString',
  'unknown',
]

function hostileRecord(random: Random): unknown {
  const entries = Array.from({ length: random.below(6) }, (): [string, unknown] => [
    random.chance(0.9) ? random.pick(FIELDS) : random.pick(HOSTILE),
    hostileJson(random, 3),
  ])
  return Object.fromEntries([...(random.chance(0.7) ? [['name', CANARY]] : []), ...entries])
}

function hostileJson(random: Random, depth: number): unknown {
  switch (random.below(depth > 0 ? 9 : 6)) {
    case 0:
      return random.pick(HOSTILE)
    case 1:
      return random.pick([0, -1, 1.5, 1e300, 2 ** 53, -(2 ** 63), 1e-300])
    case 2:
      return random.pick([true, false, null])
    case 3:
      return random.pick(['a1', 'u1', 'open', 'a@b.co', '2024-01-01', '2024-01-01T00:00:00Z', '09:30'])
    case 4:
    case 5:
      return random.pick(HOSTILE).slice(0, 50)
    case 6:
      return Array.from({ length: random.below(4) }, () => hostileJson(random, depth - 1))
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, () => [
          random.pick([...FIELDS, 'latitude', 'longitude', '__proto__']),
          hostileJson(random, depth - 1),
        ]),
      )
  }
}
