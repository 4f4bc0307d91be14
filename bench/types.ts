import { join } from 'node:path'
import type { ObjectIr } from '../compiler/ir/object.ts'
import { sdkObjects } from '../test/support/sdk-objects.ts'
import { COMPILERS, type CompilerName, checkTypes, generatedTypes, writeText, writeTypeProject } from '../test/support/type-project.ts'
import { MISTAKES } from '../test/types/sdk-mistakes.ts'
import type { Row } from './row.ts'
import { canMeasureProcesses, measureProcess } from './support/measure-process.ts'
import { median } from './support/numbers.ts'
import { isQuick, rounds } from './support/options.ts'
import { tempFolder } from './support/temp-folder.ts'
import { twentyFieldObjects } from './support/twenty-fields.ts'

const CALLS = 40
const MANY = isQuick ? 100 : 500
const IMPORT = `import { createClient } from './generated/client/index.js'\nconst client = createClient({ baseUrl: '' })\n`

/** `children`: a to-many relation of the object. */
type Call = (object: string, index: number, children: string) => string

/** The calls that programs make most, in equal parts; results are used, since types cost nothing before that. */
const LIST_SELECT: Call = (object, index) =>
  `export const v${index} = (await client.${object}.list({ where: { status: 'open', amount: { $gt: 5 } }, orderBy: { name: 'asc' }, select: ['name', 'amount'] })).items[0]?.amount`
const LIST_EXPAND: Call = (object, index) =>
  `export const v${index} = (await client.${object}.list({ where: { name: { $contains: 'x' } }, orderBy: [{ due_date: 'desc' }, { name: 'asc' }], expand: { related: true } })).items[0]?.related?.name`
const CREATE: Call = (object, index) =>
  `export const v${index} = (await client.${object}.create({ name: 'x', status: 'open', amount: 5 })).id`
const UPDATE: Call = (object, index) =>
  `export const v${index} = (await client.${object}.update('1', { priority: null, amount: 5 })).amount`
const NESTED: Call = (object, index) =>
  `export const v${index} = (await client.${object}.list({ where: { name: 'x' }, orderBy: { name: 'asc' }, select: ['name'], expand: { related: { select: ['name', 'email'] } } })).items[0]?.related?.email`
const RELATION: Call = (object, index) =>
  `export const v${index} = (await client.${object}.list({ where: { related: { name: { $contains: 'x' }, amount: { $gt: 5 } } }, orderBy: { related: { name: 'asc' } }, select: ['name'] })).items[0]?.name`
const TO_MANY: Call = (object, index, children) =>
  `export const v${index} = (await client.${object}.list({ where: { ${children}: { $some: { status: 'open' } } }, expand: { ${children}: { select: ['name', 'amount'], limit: 5 } } })).items[0]?.${children}[0]?.amount`
const TO_MANY_WHERE: Call = (object, index, children) =>
  `export const v${index} = (await client.${object}.list({ expand: { ${children}: { where: { status: 'open', amount: { $gt: 5 } }, orderBy: { name: 'asc' }, limit: 5 } } })).items[0]?.${children}[0]?.amount`
const AGGREGATE: Call = (object, index) =>
  `export const v${index} = (await client.${object}.aggregate({ where: { status: 'open' }, groupBy: ['priority'], aggregations: { n: { count: true }, total: { sum: 'amount' } } }))[0]?.total`
const AGGREGATE_HAVING: Call = (object, index) =>
  `export const v${index} = (await client.${object}.aggregate({ groupBy: ['status', { field: 'due_date', granularity: 'month', alias: 'month' }], aggregations: { n: { count: true }, total: { sum: 'amount' } }, having: { n: { $gt: 5 } } }))[0]?.month`
const MIX: readonly Call[] = [LIST_SELECT, LIST_EXPAND, CREATE, UPDATE]

/** Cost and strictness of the types that programs see. */
export async function run(): Promise<readonly Row[]> {
  const few = project(8)
  const many = project(MANY)
  const before = instantiations(many, [])
  const note = `${CALLS} calls: list with where + orderBy and select or expand, create, update; TypeScript 5.9`
  return [
    {
      name: `instantiations before the first call, ${MANY} objects`,
      value: before,
      unit: '',
      target: 100,
      stretch: 0,
      note: 'TypeScript 5.9',
    },
    { name: `instantiations per call, ${MANY} objects`, value: perCall(many, MIX), unit: '', target: 210, stretch: 120, note },
    { name: 'instantiations per call, 8 objects', value: perCall(few, MIX), unit: '', target: 210, stretch: 120, note: 'the same calls' },
    { name: '  list with select', value: perCall(many, [LIST_SELECT]), unit: '', target: 210, stretch: 120 },
    { name: '  list with expand: { relation: true }', value: perCall(many, [LIST_EXPAND]), unit: '', target: 210, stretch: 120 },
    { name: '  list with select and expand with select', value: perCall(many, [NESTED]), unit: '', note: 'list with where and orderBy' },
    { name: '  list by a relation, sorted by one', value: perCall(many, [RELATION]), unit: '', target: 210, stretch: 120 },
    { name: '  list by children, with some of them', value: perCall(many, [TO_MANY]), unit: '', note: 'expand of a to-many relation' },
    { name: '  list with children that match', value: perCall(many, [TO_MANY_WHERE]), unit: '', note: 'expand with where and orderBy' },
    { name: '  aggregate', value: perCall(many, [AGGREGATE]), unit: '', target: 210, stretch: 120 },
    { name: '  aggregate with granularity and having', value: perCall(many, [AGGREGATE_HAVING]), unit: '' },
    { name: '  create', value: perCall(many, [CREATE]), unit: '', target: 210, stretch: 120 },
    { name: '  update', value: perCall(many, [UPDATE]), unit: '', target: 210, stretch: 120 },
    ...checkTimes(many),
    ...mistakes(),
    ...bytes(),
  ]
}

interface Project {
  readonly folder: string
  readonly objects: readonly ObjectIr[]
}

function project(count: number): Project {
  const folder = tempFolder(`types-${count}`)
  const objects = twentyFieldObjects(count)
  writeTypeProject(folder, objects)
  return { folder, objects }
}

/** A program with calls spread evenly over all objects. */
function writeProgram({ folder, objects }: Project, calls: readonly Call[]): void {
  const lines = Array.from({ length: calls.length === 0 ? 0 : CALLS }, (_, index) => {
    const object = objects[Math.floor((index * objects.length) / CALLS)]
    return calls[index % calls.length]?.(object?.name ?? '', index, object?.children.at(-1)?.name ?? '') ?? ''
  })
  writeText(join(folder, 'program.ts'), `${IMPORT}${lines.join('\n')}\nexport { client }\n`)
}

function instantiations(where: Project, calls: readonly Call[]): number {
  writeProgram(where, calls)
  const result = checkTypes(where.folder, '5.9', { files: ['program.ts'] })
  if (result.problems.length > 0) throw new Error(`The program does not compile:\n${result.output}`)
  return result.instantiations
}

const perCall = (where: Project, calls: readonly Call[]): number => instantiations(where, calls) / CALLS

const TIME_TARGETS = { '5.9': { target: 2200, stretch: 1800 }, '7': { target: 900, stretch: 600 } } as const

function checkTimes(where: Project): readonly Row[] {
  if (!canMeasureProcesses) return [{ name: 'CPU of a type check', value: Number.NaN, unit: 'ms', note: 'needs GNU time (/usr/bin/time)' }]
  writeProgram(where, MIX)
  writeText(join(where.folder, 'empty.ts'), 'export {}\n')
  const names = Object.keys(COMPILERS) as CompilerName[]
  const samples = names.flatMap((compiler) =>
    ['empty', 'program'].map((program) => ({ compiler, program, cpu: [] as number[], peak: [] as number[] })),
  )
  // Interleaved, so that a busy moment of the machine does not fall on one of them only.
  for (let round = 0; round < rounds; round++) {
    for (const sample of samples) {
      const config = join(where.folder, `tsconfig.${sample.compiler}.${sample.program}.json`)
      writeText(config, JSON.stringify({ compilerOptions: OPTIONS, files: [`${sample.program}.ts`] }))
      const { cpuMs, peakMb } = measureProcess([COMPILERS[sample.compiler], '-p', config], where.folder)
      sample.cpu.push(cpuMs)
      sample.peak.push(peakMb)
    }
  }
  return samples.flatMap(({ compiler, program, cpu, peak }): readonly Row[] => {
    const isEmpty = program === 'empty'
    const name = `TypeScript ${compiler}, ${isEmpty ? 'an empty file' : `${CALLS} calls over ${MANY} objects`}`
    return [
      { name: `${name}, CPU`, value: median(cpu), unit: 'ms', ...(isEmpty ? {} : TIME_TARGETS[compiler]) },
      { name: `${name}, memory`, value: median(peak), unit: 'MB', ...(isEmpty || compiler === '5.9' ? {} : { target: 200 }) },
    ]
  })
}

const OPTIONS = { target: 'es2022', module: 'nodenext', lib: ['es2022', 'dom'], types: [], strict: true, noEmit: true, skipLibCheck: true }

/** How many of the deliberate mistakes each compiler lets pass. */
function mistakes(): readonly Row[] {
  const folder = tempFolder('mistakes')
  writeTypeProject(folder, sdkObjects)
  const preamble = [
    `import { createClient, isProblem, type Connection } from './generated/client/index.js'`,
    `import { cloneAccount, getAccount, listAccounts, sendInviteContact, updateAccount } from './generated/client/operations.js'`,
    `import type { Objects } from './generated/objects/index.js'`,
    `declare const connection: Connection; declare const app: Objects; const client = createClient(connection)`,
    `export { app, client, isProblem, cloneAccount, getAccount, listAccounts, sendInviteContact, updateAccount }`,
  ]
  writeText(join(folder, 'mistakes.ts'), [...preamble, ...MISTAKES.map(({ call }) => `await (${call})`)].join('\n'))
  return (Object.keys(COMPILERS) as CompilerName[]).map((compiler) => {
    const { problems } = checkTypes(folder, compiler, { files: ['mistakes.ts'] })
    const lines = new Set(problems.map(({ line }) => line))
    const passed = MISTAKES.filter((_, index) => !lines.has(preamble.length + 1 + index))
    return { name: `mistakes let pass, TypeScript ${compiler}`, value: passed.length, unit: '', target: 0, note: `of ${MISTAKES.length}` }
  })
}

function bytes(): readonly Row[] {
  const count = 50
  const texts = [...generatedTypes(twentyFieldObjects(count))].filter(([path]) => path.endsWith('.d.ts'))
  const size = (test: (path: string) => boolean): number =>
    texts.reduce((sum, [path, text]) => (test(path) ? sum + Buffer.byteLength(text) : sum), 0) / count / 1024
  const documentation = share(texts.map(([, text]) => text).join('\n'), /^ *(?:\/\*\*| \*).*\n/gm)
  const isObject = (path: string): boolean => path.startsWith('objects/') && path !== 'objects/index.d.ts'
  return [
    {
      name: 'declarations per 20-field object',
      value: size(() => true),
      unit: 'KB',
      target: 6,
      stretch: 4,
      note: 'with its share of client/ and the index',
    },
    { name: '  its own file', value: size(isObject), unit: 'KB', note: `${Math.round(documentation * 100)} % of it documentation` },
  ]
}

const share = (text: string, pattern: RegExp): number => (text.match(pattern) ?? []).join('').length / text.length
