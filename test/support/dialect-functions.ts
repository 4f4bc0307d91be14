import { test } from 'vitest'
import type { FunctionName } from '../../runtime-lite/query/ast.ts'
import { FUNCTIONS, type ValueKind } from '../../runtime-lite/query/functions.ts'
import { type DialectWorld, type Draft, type Sample, somePart } from './dialect-world.ts'
import { expectClose } from './expect-close.ts'
import { callFunction } from './language/functions.ts'
import { type Random, random } from './random.ts'

/** Results of any kind and numbers of any size: the differential test of the language has them, with arguments that fit. */
const ELSEWHERE: ReadonlySet<FunctionName> = new Set(['now', 'coalesce', 'adddays', 'addmonths', 'totext', 'power'])

type Build = (draft: Draft) => string

/** Every function of the language over columns and parameters, against plain JavaScript. */
export function dialectFunctions(world: () => DialectWorld, seed: number): void {
  test('functions give what JavaScript gives', async () => {
    const chance = random(seed + 4)
    for (const name of Object.keys(FUNCTIONS) as FunctionName[]) {
      if (ELSEWHERE.has(name)) continue
      for (let round = 0; round < 4; round++) await checkFunction(name, chance)
    }
  })

  async function checkFunction(name: FunctionName, chance: Random): Promise<void> {
    const signature: { readonly args: readonly ValueKind[]; readonly required?: number; readonly result: ValueKind } = FUNCTIONS[name]
    const count = signature.required !== undefined && chance.chance(0.5) ? signature.required : signature.args.length
    const args = signature.args.slice(0, count).map((kind, index) => argument(kind, name, index, chance))
    // Whatever leaves the range of doubles is an error there.
    const isSafeNumber = (size: number): boolean => size === 0 || (size > 1e-15 && size < 1e15)
    const isSafe = (row: Sample): boolean => args.every((one) => one.kind !== 'number' || isSafeNumber(Math.abs(Number(one.of(row)))))
    const what = `${name}(${args.map((one) => one.name).join(', ')})`
    const rows = world()
      .rows.filter((row) => !isSafe(row))
      .map((row) => String(row['id']))
    const { dialect } = world()
    const found = await world().values(signature.result, (draft) => {
      const call = dialect.call(
        name,
        args.map((one) => one.print(draft)),
        args.map((one) => one.kind),
      )
      if (rows.length === 0) return call
      const isExcluded = dialect.inList(draft.column('id'), draft.param(JSON.stringify(rows), 'list'), 'id')
      return `(case when ${dialect.not(isExcluded)} then ${call} end)`
    })
    for (const row of world().rows)
      if (isSafe(row)) {
        const expected = callFunction(
          name,
          args.map((one) => one.of(row)),
          '',
        )
        expectClose(found.get(String(row['id'])), expected, `${what} of ${JSON.stringify(row)}`)
      }
  }
}

interface Argument {
  readonly name: string
  readonly kind: ValueKind
  readonly print: Build
  readonly of: (row: Sample) => unknown
}

/** A column or a parameter of a kind. */
function argument(wanted: ValueKind, name: FunctionName, index: number, chance: Random): Argument {
  // Remainders of fractions depend on the last bit; positions are whole.
  const isWhole = name === 'mod' || name === 'substring'
  const kind = wanted === 'moment' ? chance.pick(['date', 'datetime'] as const) : wanted
  const isParameter = kind !== 'date' && kind !== 'datetime' && index > 0 && chance.chance(0.6)
  if (!isParameter) {
    const columns = {
      text: ['s', 'key'],
      number: isWhole ? ['i'] : ['i', 'n', 'dc'],
      date: ['d'],
      datetime: ['dt'],
      location: ['place'],
      vector: ['v'],
    }
    const column = chance.pick(columns[kind as keyof typeof columns])
    return { name: column, kind, print: (draft) => draft.column(column), of: (row) => row[column] }
  }
  const [value, parameterKind] = {
    text: () => [somePart(chance), 'text'] as const,
    number: () => [chance.pick(isWhole ? [2, 3, -3, 10, 0, 1] : [0, 1, 2, 5, -1, 0.5, 2.75, -3.5, 100]), 'real'] as const,
    location: () => ['{"latitude":51.5074,"longitude":-0.1278}', 'json'] as const,
    vector: () => [chance.pick(['[0.25,1,-3]', '[1,1]', '[0,0,0]']), 'json'] as const,
  }[kind as 'text' | 'number' | 'location' | 'vector']()
  const plain = parameterKind === 'json' ? (JSON.parse(value) as unknown) : value
  return { name: String(value), kind, print: (draft) => draft.param(value, parameterKind), of: () => plain }
}
