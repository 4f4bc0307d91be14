import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type CompiledProject, compiledProject } from '../support/compiled-project.ts'
import { COMPILERS, type CompilerName, checkTypes, installTypes, writeText } from '../support/type-project.ts'

// Compilers run in processes of their own, and a busy machine is no failure.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const ROOT = join(import.meta.dirname, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'objectql-validator-types-'))
let project: CompiledProject

beforeAll(async () => {
  project = await compiledProject({
    'schemas/account.object.yml': `
name: account
fields:
  name: { type: text }
  vat: { type: text }
  amount: { type: number }
  region: { type: lookup, reference_to: region }
validation:
  rules: [{ name: known, type: async, field: vat, validatorFunction: checkVat, message: No. }]
`,
    'schemas/region.object.yml': 'name: region\nfields:\n  limit: { type: number }\n',
    'schemas/account.validator.ts': 'export const checkVat = () => true\n',
  })
  expect(project.diagnostics).toEqual([])
  installTypes(folder)
  for (const part of ['client', 'objects', 'validators.d.ts'])
    cpSync(join(project.output, part), join(folder, 'generated', part), { recursive: true })
  writeText(join(folder, 'package.json'), '{ "type": "module" }')
})

afterAll(() => {
  project.remove()
  rmSync(folder, { recursive: true, force: true })
})

/** The types of schemas, from their source. */
const SPEC = { allowImportingTsExtensions: true, noEmit: true, paths: { 'objectql/spec': [join(ROOT, 'compiler', 'spec', 'index.ts')] } }

const PREAMBLE = `import type { Validator } from 'objectql/spec'
import type { AccountValidator, AccountValidatorContext } from './generated/validators.js'
declare const asked: AccountValidatorContext
`

/** A statement that is wrong, and what the compiler says about it. */
const MISTAKES: readonly (readonly [statement: string, says: RegExp])[] = [
  ['asked.record.nmae', /nmae/],
  ["asked.record.name = 'x'", /read-only/],
  ['asked.previous.name', /possibly 'undefined'/],
  ['asked.value.length', /unknown/],
  ['asked.params.most.x', /most|unknown/],
  ["await asked.api.create('acount', {})", /acount/],
  ["void (await asked.api.object('region').get('x')).limit", /possibly 'null'/],
  ['asked.event', /event/],
  ['asked.stopPropagation()', /stopPropagation/],
  ["asked.operation === 'find'", /no overlap/],
  ['const number: AccountValidator = () => 5', /number|not assignable/],
  ["const word: AccountValidator = () => ({ valid: 'no' })", /string|boolean/],
]

const USES = `
export const all: AccountValidator = async ({ record, previous, operation, value, field, params, rule, id, isBulk, signal, user, api, sudo, locale }) => {
  if (signal.aborted || isBulk || rule === '' || id === '' || operation === 'delete') return undefined
  if (record.name === previous?.name) return null
  const region = await api.object('region').get(String(record.region))
  if ((region?.limit ?? Number(params['most'])) < (record.amount ?? 0)) return { valid: false, params: { limit: region?.limit } }
  return typeof value === 'string' ? \`Not \${field} \${value} \${user?.id} \${locale}\` : (await sudo().count('account')) > 0
}
export const any: Validator = ({ record }) => record['x'] === 1 || 'No.'
`

describe.each(Object.keys(COMPILERS) as CompilerName[])('TypeScript %s', (compiler) => {
  test('refuses every deliberate mistake in a validator, and for the right reason', () => {
    writeText(join(folder, 'mistakes.ts'), `${PREAMBLE}${MISTAKES.map(([statement]) => statement).join('\n')}\nexport {}\n`)
    const first = PREAMBLE.split('\n').length
    const { problems } = checkTypes(folder, compiler, { files: ['mistakes.ts'], options: SPEC })
    const missed = MISTAKES.flatMap(([statement, says], index) => {
      const said = problems.filter(({ line }) => line === first + index).map(({ message }) => message)
      return said.some((message) => says.test(message)) ? [] : [`${statement}: ${said.join(' ') || 'accepted'}`]
    })
    expect(missed).toEqual([])
    expect(problems.filter(({ line }) => line < first)).toEqual([])
  })

  test('accepts correct validators, those of docs/rules.md among them', () => {
    const page = readFileSync(join(ROOT, 'docs', 'rules.md'), 'utf8')
    const modules = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].flatMap(([, text = '']) =>
      text.includes('generated/validators.js') ? [text] : [],
    )
    expect(modules).toHaveLength(1)
    writeText(join(folder, 'uses.ts'), `${PREAMBLE}${USES}`)
    writeText(join(folder, 'schemas', 'account.validator.ts'), modules.join('\n'))
    const { problems } = checkTypes(folder, compiler, { files: ['uses.ts', 'schemas/account.validator.ts'], options: SPEC })
    expect(problems).toEqual([])
  })
})
