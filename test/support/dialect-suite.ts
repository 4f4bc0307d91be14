import { expect, test } from 'vitest'
import type { BoundSearch, ParameterKind } from '../../runtime-lite/query/bound.ts'
import type { ValueKind } from '../../runtime-lite/query/functions.ts'
import { COLUMNS, type DialectWorld, type Draft, type Sample, somePart, someText } from './dialect-world.ts'
import { expectClose } from './expect-close.ts'
import { compareText, foldAscii, truncateDate } from './language/functions.ts'
import { random } from './random.ts'

type Build = (draft: Draft) => string

const ROUNDS = 40

/** What each member of a dialect does over records that are hard to get right, against plain JavaScript. */
export function dialectSuite(world: () => DialectWorld, seed: number): void {
  /** The ids a condition gives, and that its opposite gives all others. */
  const expectIds = async (what: string, build: Build, holds: (row: Sample) => boolean): Promise<void> => {
    const { dialect, rows } = world()
    const expected = rows.filter(holds).map((row) => String(row['id']))
    const found = await world().ids(build)
    expect([...found].sort(), what).toEqual([...expected].sort())
    const others = await world().ids((draft) => dialect.not(build(draft)))
    expect(others.size, `not ${what}`).toBe(rows.length - expected.length)
  }
  const expectValues = async (what: string, kind: ValueKind, build: Build, of: (row: Sample) => unknown): Promise<void> => {
    const found = await world().values(kind, build)
    for (const row of world().rows) expectClose(found.get(String(row['id'])), of(row), `${what} of ${JSON.stringify(row)}`)
  }

  test('every value comes back as JSON as it went in', async () => {
    const { dialect, rows } = world()
    const names = Object.keys(COLUMNS)
    const found = await world().run(({ column }) => {
      const json = dialect.jsonObject(names.map((name) => [name, dialect.jsonValue(column(name), { kind: COLUMNS[name]!.kind })]))
      return `select ${dialect.jsonText(json)} from ${world().table()}`
    })
    const byId = new Map(found.map(([json]) => JSON.parse(String(json)) as Sample).map((row) => [row['id'], row]))
    for (const row of rows) expect(byId.get(row['id'])).toEqual(row)
  })

  test('texts match as JavaScript matches them', async () => {
    const { dialect } = world()
    const chance = random(seed)
    for (let round = 0; round < ROUNDS; round++) {
      const name = chance.pick(['s', 'key', 'id'])
      const wanted = chance.chance(0.5) ? somePart(chance) : someText(chance)
      const of = (row: Sample): string | null => row[name] as string | null
      const on = (test: (text: string) => boolean) => (row: Sample) => of(row) !== null && test(of(row)!)
      const at =
        (print: (text: string, wanted: string, draft: Draft) => string): Build =>
        (draft) =>
          print(draft.column(name), draft.param(wanted, 'text'), draft)
      const what = JSON.stringify([name, wanted])
      await expectIds(
        `contains ${what}`,
        at((a, b) => dialect.contains(a, b)),
        on((text) => text.includes(wanted)),
      )
      await expectIds(
        `startsWith ${what}`,
        at((a, b, { list }) => dialect.startsWith(a, b, list.derive)),
        on((text) => text.startsWith(wanted)),
      )
      await expectIds(
        `endsWith ${what}`,
        at((a, b, { list }) => dialect.endsWith(a, b, list.derive)),
        on((text) => text.endsWith(wanted)),
      )
      const folded = (text: string): boolean => foldAscii(text).includes(foldAscii(wanted))
      await expectIds(
        `icontains ${what}`,
        at((a, b) => dialect.icontains(a, b)),
        on(folded),
      )
      const expression = (draft: Draft): string =>
        dialect.call('concat', [draft.column(name), draft.param(wanted, 'text')], ['text', 'text'])
      await expectIds(
        `startsWith of an expression ${what}`,
        (draft) => dialect.startsWith(expression(draft), draft.param(wanted, 'text'), draft.list.derive),
        on((text) => `${text}${wanted}`.startsWith(wanted)),
      )
    }
  })

  test('patterns match whole texts', async () => {
    const { dialect } = world()
    const chance = random(seed + 1)
    for (let round = 0; round < ROUNDS; round++) {
      const pattern = Array.from({ length: 1 + chance.below(3) }, () =>
        chance.pick(['%', '_', '\\%', '\\_', '\\\\', '\\', 'a', 'B', somePart(chance)]),
      ).join('')
      for (const isFolded of [false, true])
        await expectIds(
          `like ${JSON.stringify(pattern)} ${isFolded}`,
          ({ column, param, list }) => dialect.like(column('s'), param(pattern, 'text'), isFolded, list.derive),
          ({ s }) => s !== null && isLike(isFolded ? foldAscii(String(s)) : String(s), isFolded ? foldAscii(pattern) : pattern),
        )
    }
  })

  test('values compare as in JavaScript, null with nothing', async () => {
    const { dialect, rows } = world()
    const chance = random(seed + 2)
    const operators = ['eq', 'ne', 'gt', 'ge', 'lt', 'le'] as const
    for (const name of ['s', 'key', 'id', 'i', 'n', 'dc', 'd', 'dt', 'ti'])
      for (let round = 0; round < 6; round++) {
        const value = chance.pick(rows)[name] as string | number | null
        if (value === null) continue
        const { kind, value: valueKind } = COLUMNS[name]!
        const operator = operators[round]!
        const orNull = chance.chance(0.3)
        await expectIds(
          `${name} ${operator} ${JSON.stringify(value)} ${orNull}`,
          ({ column, param }) =>
            dialect.compare(operator, column(name), param(value, kind === 'id' ? 'text' : (kind as ParameterKind)), valueKind, orNull),
          (row) => (row[name] === null ? orNull || operator === 'ne' : meets(operator, order(row[name], value))),
        )
      }
    for (const operator of operators)
      await expectIds(
        `concat ${operator} substring`,
        ({ column, param }) =>
          dialect.compare(
            operator,
            dialect.call('concat', [param('a', 'text'), column('s')], ['text', 'text']),
            dialect.call('substring', [column('key'), param(1, 'integer')], ['text', 'number']),
            'text',
            false,
          ),
        (row) =>
          row['s'] === null
            ? operator === 'ne'
            : meets(operator, compareText(`a${String(row['s'])}`, [...String(row['key'])].slice(1).join(''))),
      )
    for (const truth of [true, false])
      await expectIds(
        `b eq ${truth}`,
        ({ column }) => dialect.compare('eq', column('b'), dialect.bool(truth), 'boolean', false),
        ({ b }) => b === truth,
      )
  })

  test('lists are one parameter', async () => {
    const { dialect, rows } = world()
    const chance = random(seed + 3)
    for (const name of ['s', 'id', 'i', 'n', 'dc', 'd', 'dt', 'ti', 'b'])
      for (const size of [0, 1, 5]) {
        const wanted = Array.from({ length: size }, () => chance.pick(rows)[name]).filter((value) => value !== null)
        const list = JSON.stringify(name === 'b' ? wanted.map(Number) : wanted)
        await expectIds(
          `${name} in ${list}`,
          ({ column, param }) => dialect.inList(column(name), param(list, 'list'), COLUMNS[name]!.kind),
          (row) => wanted.includes(row[name] as never),
        )
      }
    await expectIds(
      'i in [1.5, 2, 1e30]',
      ({ column, param }) => dialect.inList(column('i'), param('[1.5,2.0,1e30]', 'list'), 'integer'),
      ({ i }) => i === 2,
    )
    for (let round = 0; round < 20; round++) {
      const wanted = someText(chance)
      await expectIds(
        `l has ${JSON.stringify(wanted)}`,
        ({ column, param }) => dialect.hasMember(column('l'), param(wanted, 'text'), 'text'),
        ({ l }) => ((l as string[] | null) ?? []).includes(wanted),
      )
    }
    await expectIds(
      'v has 1',
      ({ column, param }) => dialect.hasMember(column('v'), param(1, 'real'), 'real'),
      ({ v }) => ((v as number[] | null) ?? []).includes(1),
    )
  })

  test('paths lead into JSON', async () => {
    const { dialect } = world()
    for (const path of [
      ['a', 'b'],
      ['a'],
      ['n'],
      ['t'],
      ['z'],
      ['odd "key"', ''],
      ['s'],
      ['nothing'],
      ["a' or 1=1"],
      ['\\'],
      ['a', 'b', 'c'],
      ['0'],
      ['a', 'c', 1],
      // What is no list is a list of one to MySQL.
      ...(dialect.name === 'mysql' ? [] : [[0], ['a', 'b', 0]]),
      ['-1'],
    ])
      for (const kind of ['text', 'number', 'boolean', 'any'] as const)
        await expectValues(
          `${JSON.stringify(path)} ${kind}`,
          kind,
          ({ column, param, list }) => dialect.jsonPath(column('j'), param(JSON.stringify(path), 'path'), kind, list.derive),
          ({ j }) => {
            let at: unknown = j
            for (const key of path)
              at =
                at !== null && typeof at === 'object' && Array.isArray(at) === (typeof key === 'number')
                  ? ((at as Sample)[key] ?? null)
                  : null
            return kind === 'any' || typeof at === { text: 'string', number: 'number', boolean: 'boolean' }[kind] ? at : null
          },
        )
    await expectIds(
      'text in JSON compares by code point',
      ({ column, param, list }) =>
        dialect.compare(
          'gt',
          dialect.jsonPath(column('j'), param('["a"]', 'path'), 'text', list.derive),
          param('TEXT', 'text'),
          'text',
          false,
        ),
      ({ j }) => typeof (j as Sample | null)?.['a'] === 'string' && compareText(String((j as Sample)['a']), 'TEXT') > 0,
    )
  })

  test('records sort by value, nulls where they are wanted', async () => {
    const { dialect, rows } = world()
    for (const name of ['s', 'i', 'n', 'dc', 'b', 'd', 'dt', 'ti', 'key'])
      for (const isDescending of [false, true])
        for (const nullsFirst of [false, true]) {
          const found = await world().run(
            ({ column }) =>
              `select ${column('id')} from ${world().table()} order by ${dialect.sort(column(name), isDescending, nullsFirst, false)}, ${dialect.sort(column('id'), isDescending, false, true)}`,
          )
          const expected = [...rows].sort((a, b) => {
            if (a[name] === null || b[name] === null) if (a[name] !== b[name]) return (a[name] === null) === nullsFirst ? -1 : 1
            return (order(a[name], b[name]) || order(a['id'], b['id'])) * (isDescending ? -1 : 1)
          })
          expect(
            found.map(([id]) => id),
            `${name} ${isDescending} ${nullsFirst}`,
          ).toEqual(expected.map((row) => row['id']))
        }
  })

  test('related records stay JSON, sorted and cut, in one statement', async () => {
    const { dialect, rows } = world()
    const { quoteName } = dialect
    const byId = new Map(rows.map((row) => [row['id'], row]))
    const json = (alias: string, ...more: (readonly [string, string])[]): string =>
      dialect.jsonObject([
        ['id', `${alias}.${quoteName('id')}`],
        ['j', dialect.jsonValue(`${alias}.${quoteName('j')}`, { kind: 'json' })],
        ['b', dialect.jsonValue(`${alias}.${quoteName('b')}`, { kind: 'boolean' })],
        ...more,
      ])
    const plain = (row: Sample | undefined, more: object = {}): unknown => row && { id: row['id'], j: row['j'], b: row['b'], ...more }
    const found = await world().run(({ param }) => {
      const from = (alias: string): string => `${quoteName('sample')} as ${alias}`
      const key = (alias: string, name: string): string => `${alias}.${quoteName(name)}`
      const inner = dialect.jsonArray(json('t2'), {
        alias: 't2',
        from: from('t2'),
        where: `${key('t2', 'next')} = ${key('t1', 'id')}`,
        orderBy: dialect.sort(key('t2', 'id'), true, false, true),
        limit: dialect.limit(param(2, 'integer'), undefined),
      })
      const children = dialect.jsonArray(json('t1', ['children', inner]), {
        alias: 't1',
        from: from('t1'),
        where: `${key('t1', 'next')} = ${key('t0', 'id')}`,
        orderBy: dialect.sort(key('t1', 'id'), false, true, true),
        limit: dialect.limit(param(3, 'integer'), param(1, 'integer')),
      })
      const next = dialect.jsonOne(
        json('t3'),
        { alias: 't3', from: from('t3'), where: `${key('t3', 'id')} = ${key('t0', 'next')}` },
        key('t0', 'next'),
      )
      const many = dialect.jsonListed(
        key('t0', 'many'),
        't4i',
        (id) => `(select ${json('t4')} from ${from('t4')} where ${key('t4', 'id')} = ${id})`,
      )
      return `select ${dialect.jsonText(json('t0', ['next', next], ['children', children], ['many', many]))} from ${from('t0')}`
    })
    const childrenOf = (row: Sample): Sample[] => rows.filter((one) => one['next'] === row['id']).sort((a, b) => order(a['id'], b['id']))
    expect(found).toHaveLength(rows.length)
    for (const [text] of found) {
      const record = JSON.parse(String(text)) as Sample
      const row = byId.get(record['id'])!
      expect(record).toEqual(
        plain(row, {
          next: plain(byId.get(row['next'])) ?? null,
          children: childrenOf(row)
            .slice(1, 4)
            .map((child) =>
              plain(child, {
                children: childrenOf(child)
                  .reverse()
                  .slice(0, 2)
                  .map((one) => plain(one)),
              }),
            ),
          many: (row['many'] as string[] | null)?.map((id) => plain(byId.get(id)) ?? id) ?? null,
        }),
      )
    }
  })

  test('objects have any number of members', async () => {
    const { dialect } = world()
    const keys = Array.from({ length: 230 }, (_, index) => `k${index}'"\\é😀`)
    const [row] = await world().run(
      ({ column }) =>
        `select ${dialect.jsonText(dialect.jsonObject(keys.map((key) => [key, column('s')])))} from ${world().table()} where ${column('s')} = ''`,
    )
    expect(Object.keys(JSON.parse(String(row![0])) as object)).toEqual(keys)
  })

  test('aggregates', async () => {
    const { dialect, rows } = world()
    const cases = [
      ['count', undefined],
      ['count', 's'],
      ['count_distinct', 's'],
      ['sum', 'dc'],
      ['sum', 'i'],
      ['avg', 'i'],
      ['avg', 'dc'],
      ['min', 's'],
      ['max', 's'],
      ['min', 'b'],
      ['max', 'b'],
      ['min', 'dt'],
      ['max', 'd'],
      ['max', 'n'],
    ] as const
    for (const [name, field] of cases)
      for (const isFiltered of [false, true]) {
        const kind = field ? COLUMNS[field]!.value : 'number'
        const result = name === 'min' || name === 'max' ? kind : 'number'
        const [row] = await world().run(({ column }) => {
          const filter = isFiltered ? dialect.compare('eq', column('b'), dialect.bool(true), 'boolean', false) : undefined
          const value = dialect.aggregate(name, field && column(field), kind, filter, field === 'dc' ? 2 : undefined)
          return `select ${dialect.jsonText(dialect.jsonObject([['r', dialect.jsonOf(value, result)]]))} from ${world().table()}`
        })
        const values = rows.filter((one) => !isFiltered || one['b'] === true).map((one) => (field ? one[field] : 1))
        const present = values.filter((value) => value !== null)
        // Hundredths, without the errors of doubles.
        const hundredths = present.reduce<bigint>((total, value) => total + hundredthsOf(value), 0n)
        const sum = Number(hundredths) / 100
        const sorted = [...present].sort(order)
        const expected = {
          count: present.length,
          count_distinct: new Set(present).size,
          sum,
          avg: sum / present.length,
          min: sorted[0],
          max: sorted.at(-1),
        }[name]
        expectClose((JSON.parse(String(row![0])) as Sample)['r'], expected, `${name} ${field} ${isFiltered}`)
      }
  })

  test('dates are cut to the first day of a unit', async () => {
    const { dialect } = world()
    for (const granularity of ['day', 'week', 'month', 'quarter', 'year'] as const)
      for (const name of ['d', 'dt'] as const)
        await expectValues(
          `${granularity} of ${name}`,
          'text',
          ({ column }) => dialect.truncate(column(name), granularity, name === 'd' ? 'date' : 'datetime'),
          (row) => (row[name] === null ? null : firstDay(String(row[name]), granularity)),
        )
  })

  test('words are found in the fields of the full-text index', async () => {
    const { dialect, rows } = world()
    const plan = { name: 'sample', table: '"sample"' } as BoundSearch['plan']
    const words = (text: unknown): string[] =>
      foldAscii(String(text ?? ''))
        .split(/[\0-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]+/)
        .filter(Boolean)
    const texts = [
      'hello',
      'HELLO web',
      'web, wide!',
      'axb',
      'world-wide',
      'hello nothing',
      '"hello" and (web)',
      'hello* OR',
      '名前',
      '',
      '!',
      "'",
      '+hello -web',
    ]
    // Punctuation beyond ASCII divides words on some databases only.
    const isPlain = ({ s, key }: Sample): boolean => /^[\0-\x7f\p{L}\p{N}]*$/u.test(`${String(s)}${String(key)}`)
    const plain = JSON.stringify(rows.filter(isPlain).map(({ id }) => id))
    for (const wanted of texts)
      for (const operator of ['and', 'or'] as const)
        for (const isIndexed of [true, false]) {
          const sought = words(wanted)
          // MySQL's index has no words of two characters.
          if (dialect.name === 'mysql' && isIndexed && sought.some((word) => [...word].length < 3)) continue
          const search = { plan, alias: 't0', text: undefined as never, columns: ['s', 'key'], operator, isIndexed }
          await expectIds(
            `search ${JSON.stringify(wanted)} ${operator} ${isIndexed}`,
            ({ column, param, list }) =>
              `(${dialect.search(search, param(wanted, 'text'), list.derive)} and ${dialect.inList(column('id'), param(plain, 'list'), 'id')})`,
            (row) => {
              const there = new Set([...words(row['s']), ...words(row['key'])])
              if (!isPlain(row)) return false
              return operator === 'and'
                ? sought.length > 0 && sought.every((word) => there.has(word))
                : sought.some((word) => there.has(word))
            },
          )
        }
    expect(rows.some(({ s }) => words(s).includes('hello'))).toBe(true)
  })

  test('the estimate of a table is a number', async () => {
    const { dialect } = world()
    const estimate = dialect.estimate(dialect.quoteName('sample'))
    if (estimate === undefined) return
    const [row] = await world().run(() => `select ${estimate}`)
    expect(Number(row![0])).toBeGreaterThan(0)
  })
}

function order(left: unknown, right: unknown): number {
  if (left === right) return 0
  if (left === null || right === null) return left === null ? -1 : 1
  return typeof left === 'string' ? compareText(left, String(right)) : Number(left) - Number(right)
}

const hundredthsOf = (value: unknown): bigint =>
  typeof value !== 'number' ? 0n : Number.isInteger(value) ? BigInt(value) * 100n : BigInt(Math.round(value * 100))

/** JavaScript takes years before 100 for those of the last century; the calendar of 2,000 years later is the same. */
function firstDay(date: string, granularity: Parameters<typeof truncateDate>[1]): string {
  if (date >= '0100') return truncateDate(date, granularity)
  return `0${truncateDate(`2${date.slice(1)}`, granularity).slice(1)}`
}

const meets = (operator: string, by: number): boolean =>
  ({ eq: by === 0, ne: by !== 0, gt: by > 0, ge: by >= 0, lt: by < 0, le: by <= 0 })[operator]!

function isLike(text: string, pattern: string): boolean {
  let source = ''
  const points = [...pattern]
  for (let at = 0; at < points.length; at++) {
    const point = points[at]!
    if (point === '%') source += '[^]*'
    else if (point === '_') source += '[^]'
    else source += (point === '\\' && at + 1 < points.length ? points[++at]! : point).replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  }
  return new RegExp(`^${source}$`, 'u').test(text)
}
