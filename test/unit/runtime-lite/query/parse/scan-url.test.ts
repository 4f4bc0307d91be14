import { describe, expect, test } from 'vitest'
import { decodeLiteral, hasNeedlessEscape, scanUrl, withoutNeedlessEscapes } from '../../../../../runtime-lite/query/parse/scan-url.ts'

const S = '\u0001'
const B = '\u0002'
const U = '\u0003'

test.each([
  // Nothing to cut out.
  ['', '', []],
  ['$select=name,status', '$select=name,status', []],
  ['$orderby=name%20desc&$count=true', '$orderby=name%20desc&$count=true', []],
  ['expand=owner(select=name)', 'expand=owner(select=name)', []],
  ['filter=%7B%22a%22:1%7D', 'filter=%7B%22a%22:1%7D', []],
  // Paging.
  ['$top=10&$skip=20', `$top=${U}&$skip=${U}`, ['10', '20']],
  ['limit=10&offset=0', `limit=${U}&offset=${U}`, ['10', '0']],
  // field=value
  ['status=open', `status=${U}`, ['open']],
  ['status=', `status=${U}`, ['']],
  ['amount[gt]=5&amount[lt]=9', `amount[gt]=${U}&amount[lt]=${U}`, ['5', '9']],
  ['amount%5Bgt%5D=5', `amount%5Bgt%5D=${U}`, ['5']],
  ['gr%C3%B6%C3%9Fe=a%20b', `gr%C3%B6%C3%9Fe=${U}`, ['a%20b']],
  ['a=b=c', `a=${U}`, ['b=c']],
  ['owner=null&active=true&sold=false', 'owner=null&active=true&sold=false', []],
  ['owner=n%75ll&active=%74rue', 'owner=null&active=true', []],
  ['owner=NULL&active=truer', `owner=${U}&active=${U}`, ['NULL', 'truer']],
  // $filter
  ["$filter=status eq 'open'", `$filter=status eq ${S}`, ['open']],
  ['%24filter=status%20eq%20%27open%27', `$filter=status%20eq%20${S}`, ['open']],
  ["$filter=name eq 'it''s'", `$filter=name eq ${S}`, ["it''s"]],
  ['$filter=name eq %27it%27%27s%27', `$filter=name eq ${S}`, ['it%27%27s']],
  ["$filter=name eq 'it%27's'", `$filter=name eq ${S}`, ["it%27's"]],
  ["$filter=name eq ''", `$filter=name eq ${S}`, ['']],
  ["$filter=name eq ''''", `$filter=name eq ${S}`, ["''"]],
  ['$filter=amount gt 5', `$filter=amount gt ${B}`, ['5']],
  ['$filter=amount+gt+-5.5e%2B3', `$filter=amount+gt+${B}`, ['-5.5e%2B3']],
  ['$filter=seen ge 2024-01-01T10:00:00%2B02:00', `$filter=seen ge ${B}`, ['2024-01-01T10:00:00%2B02:00']],
  ['$filter=seen ge 2024-01-01T10%3A00%3A00Z and a eq 1', `$filter=seen ge ${B} and a eq ${B}`, ['2024-01-01T10%3A00%3A00Z', '1']],
  ["$filter=a in (1,2,'x')", `$filter=a in (${B},${B},${S})`, ['1', '2', 'x']],
  ['$filter=a%20in%20%281%2C2%29', `$filter=a%20in%20%28${B}%2C${B}%29`, ['1', '2']],
  ["$filter=contains(name,'x')", `$filter=contains(name,${S})`, ['x']],
  ['$filter=a eq null or b eq true', '$filter=a eq null or b eq true', []],
  ['$filter=a1 eq x2', '$filter=a1 eq x2', []],
  ['$filter=a-1 eq 1', `$filter=a-1 eq ${B}`, ['1']],
  ["$filter=a eq 'x&$top=1", '', undefined],
  ["$filter=a eq 1&$top=5&b=2&$filter=c eq '3'", `$filter=a eq ${B}&$top=${U}&b=${U}&$filter=c eq ${S}`, ['1', '5', '2', '3']],
  // JSON stays as it is, whatever it holds.
  ['filter=%7B%22a%22%3A%221%22%7D&having={"n":5}', 'filter=%7B%22a%22%3A%221%22%7D&having={"n":5}', []],
  ["$filter=[['a','=',1]]", "$filter=[['a','=',1]]", []],
  ['a[in]=["x,y","z"]&b%5Bnin%5D=%5B1%5D&c=["x"]', `a[in]=["x,y","z"]&b%5Bnin%5D=%5B1%5D&c=${U}`, ['["x"]']],
  // Expressions under other names.
  ["filter=a eq 'x'&having=n gt 5", `filter=a eq ${S}&having=n gt ${B}`, ['x', '5']],
  ["%24expand=c%28%24top%3D3;$filter=a eq 'x')", `$expand=c%28%24top%3D${B};$filter=a eq ${S})`, ['3', 'x']],
  [
    "sort=indexof(a,'x') desc,b&groupBy=month(a)&aggregate=sum(a mul 2) as t",
    `sort=indexof(a,${S}) desc,b&groupBy=month(a)&aggregate=sum(a mul ${B}) as t`,
    ['x', '2'],
  ],
  ["sort=2nd,it's&expand=2nd", "sort=2nd,it's&expand=2nd", []],
  ["$filter=s eq geography'POINT(1 2)'", `$filter=s eq geography${S}`, ['POINT(1 2)']],
  // Several values.
  [
    'a[between]=1,9&b%5Bbetween%5D=1%2C9&c_between=1,9',
    `a[between]=${U},${U}&b%5Bbetween%5D=${U},${U}&c_between=${U}`,
    ['1', '9', '1', '9', '1,9'],
  ],
  ['a[in][]=x&a[in][]=y&a[in]=1,2', `a[in][]=${U}&a[in][]=${U}&a[in]=${U}`, ['x', 'y', '1,2']],
  ['search=a+b&cursor=xyz&distinct=true&searchFields=a,b', `search=${U}&cursor=${U}&distinct=true&searchFields=a,b`, ['a+b', 'xyz']],
  // Broken, for the parser to refuse.
  ['name', 'name', []],
  ['a&b=1&', `a&b=${U}&`, ['1']],
  ['=x', `=${U}`, ['x']],
  ['&&', '&&', []],
  ['$filter=%', '$filter=%', []],
  ['$filter=a eq %3', '$filter=a eq %3', []],
] as const)('%s', (query, key, literals) => {
  const scan = () => scanUrl(`/api/account?${query}`, '/api/account?'.length)
  if (literals === undefined) expect(scan).toThrow('not closed')
  else expect(scan()).toEqual({ key, literals })
})

test('an open string is reported where it starts, in decoded text', () => {
  const error = (query: string): unknown => {
    try {
      return scanUrl(query, 0)
    } catch (thrown) {
      return (thrown as { errors?: readonly unknown[] }).errors?.[0]
    }
  }
  expect(error("$filter=name eq 'abc")).toMatchObject({ parameter: '$filter', position: 8, code: 'invalid_filter' })
  expect(error('$top=1&$filter=name%20eq%20%27abc')).toMatchObject({ position: 8 })
  expect(error("$filter=a eq 'b' and c eq 'd''")).toMatchObject({ position: 18 })
})

describe('needless escapes', () => {
  test.each([
    ['$filter=amount%20eq%20%34%32', '$filter=amount%20eq%2042'],
    ['%66ilter=x', 'filter=x'],
    ['a%2Db%2eC%5f%7E', 'a-b.C_~'],
    ['%25%20%2B%26%3D%27%C3%A4', undefined],
    ['%4F%6F%50%7A', 'OoPz'],
  ])('%s', (text, plain) => {
    expect(hasNeedlessEscape(text)).toBe(plain !== undefined)
    expect(withoutNeedlessEscapes(text)).toBe(plain ?? text)
  })
})

test('literals are decoded once', () => {
  expect(decodeLiteral('a+b%2Bc%2520', 'x')).toBe('a b+c%20')
  expect(decodeLiteral('plain', 'x')).toBe('plain')
  expect(() => decodeLiteral('%ff', 'name')).toThrow('"name" is not valid percent-encoded UTF-8')
  expect(() => decodeLiteral('%', 'name')).toThrow()
})
