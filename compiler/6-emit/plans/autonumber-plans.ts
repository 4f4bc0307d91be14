import { type Code, code, lines, type Raw, raw, type Sym } from '../../code/code.ts'
import { literal } from '../../code/literal.ts'
import type { NumberPartIr } from '../../ir/kept.ts'
import type { ObjectIr } from '../../ir/object.ts'
import { inKeyOrder } from './insert-values.ts'

/** `autonumbers: [...]` of a plan, straight line; nothing for an object without one. */
export function autonumberPlans({ fields }: ObjectIr, timeZone: string, helper: (name: string) => Sym): readonly Code[] {
  const stored = inKeyOrder(fields.filter((field) => field.column !== undefined))
  const numbered = stored.flatMap(({ name, autonumber }) => (autonumber ? [{ name, ...autonumber }] : []))
  if (numbered.length === 0) return []
  const indexOf = (name: string): number => stored.findIndex((field) => field.name === name)
  const entries = numbered.map(
    ({ name, before, after, width, start }) => code`
{
  field: ${name},
  width: ${raw(String(width))},
  ${lines(start === undefined ? [] : [raw(`start: ${start},`)])}
  before: ${textFunction(before, { indexOf, timeZone, helper })},
  after: ${textFunction(after, { indexOf, timeZone, helper })},
},`,
  )
  return [
    code`
autonumbers: [
  ${lines(entries)}
],`,
  ]
}

interface Surroundings {
  readonly indexOf: (name: string) => number
  readonly timeZone: string
  readonly helper: (name: string) => Sym
}

/** Where the parts of a date stand in an instant. */
const SLICES = { YYYY: '(0, 4)', YY: '(2, 4)', MM: '(5, 7)', DD: '(8, 10)' } as const

function textFunction(parts: readonly NumberPartIr[], { indexOf, timeZone, helper }: Surroundings): Code {
  const isLocal = timeZone !== 'UTC'
  const slice = (pattern: keyof typeof SLICES): Code =>
    isLocal ? code`${helper('localInstant')}(now, ${timeZone}).slice${raw(SLICES[pattern])}` : code`${raw(`now.slice${SLICES[pattern]}`)}`
  const pieces = parts.flatMap((part): readonly (Code | Raw)[] => {
    if (part.kind === 'text') return [raw(literal(part.text))]
    if (part.kind === 'field') return [code`${helper('numberText')}(values[${raw(String(indexOf(part.name)))}])`]
    return part.pattern === 'YYYYMMDD' ? [slice('YYYY'), slice('MM'), slice('DD')] : [slice(part.pattern)]
  })
  if (pieces.length === 0) return code`() => ''`
  const usesValues = parts.some(({ kind }) => kind === 'field')
  const usesNow = parts.some(({ kind }) => kind === 'date')
  const [first, ...rest] = pieces
  const sum = rest.reduce<Code>((text, piece) => code`${text} + ${piece}`, code`${first as Code}`)
  const parameters = usesNow ? (usesValues ? '(values, now)' : '(_values, now)') : usesValues ? '(values)' : '()'
  return code`${raw(parameters)} => ${sum}`
}
