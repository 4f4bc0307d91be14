import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect } from 'vitest'
import { compile } from '../../../compiler/index.ts'
import { createFindings } from '../../../runtime-lite/rules/findings.ts'
import type { WriteRules } from '../../../runtime-lite/rules/write-rules.ts'
import { typeCheckApp } from '../type-check-app.ts'
import { meets } from './interpret-schema.ts'

interface Comparison {
  readonly schemas: readonly { readonly [keyword: string]: unknown }[]
  /** Values, one after the other; schemas take turns. */
  readonly nextValue: () => unknown
  readonly cases: number
  readonly seed: number
  /** Of a folder for the generated code. */
  readonly name: string
  /** Where Ajv is known to differ from the words of the drafts. */
  readonly isDoubted: (schema: string, value: string) => boolean
}

interface Compared {
  readonly valid: number
  readonly invalid: number
  /** Cases that Ajv was asked, too. */
  readonly asked: number
}

const BY_OBJECT = 20
const OPTIONS = { strict: false, validateSchema: true, logger: false, validateFormats: false, ownProperties: true } as const

/** Printed checks, a slow reader of the two drafts, and the validator that most people know, have to say the same. */
export async function compareSchemas({ schemas, nextValue, cases, seed, name: folderName, isDoubted }: Comparison): Promise<Compared> {
  const folder = join(import.meta.dirname, '..', '..', '..', 'tmp', `${folderName}-${process.pid}`)
  mkdirSync(join(folder, 'schemas'), { recursive: true })
  writeFileSync(join(folder, 'objectql.config.json'), '{}\n')
  try {
    for (let start = 0; start < schemas.length; start += BY_OBJECT) {
      const own = schemas.slice(start, start + BY_OBJECT)
      const fields = Object.fromEntries(own.map((_, index) => [`f${index}`, { type: index % 4 === 0 ? 'textarea' : 'json' }]))
      const rules = own.map((schema, index) => ({ name: `r${index}`, type: 'json_schema', field: `f${index}`, schema }))
      const name = `thing_${start}`
      writeFileSync(join(folder, 'schemas', `${name}.object.json`), JSON.stringify({ name, fields, validation: { rules } }))
    }
    const { diagnostics } = await compile({ cwd: folder })
    // What refers to itself for the same value has no answer.
    const circular = diagnostics.filter(({ message }) => message.includes('refers to itself'))
    expect(diagnostics.filter((one) => !circular.includes(one)).map(({ message }) => message)).toEqual([])
    expect(circular.length).toBeLessThan(schemas.length / 2)
    expect(typeCheckApp(join(folder, 'generated'), '7')).toEqual([])
    const oracles = schemas.map((schema) => oracleOf(schema))
    const failures: string[] = []
    let [valid, invalid, asked] = [0, 0, 0]
    for (let done = 0; done < cases; done++) {
      const at = done % schemas.length
      const object = `thing_${at - (at % BY_OBJECT)}`
      const name = `r${at % BY_OBJECT}`
      const isLeftOut = circular.some(({ message, span }) => message.includes(`"${name}"`) && span.path.includes(`${object}.`))
      if (isLeftOut) continue
      const value = nextValue() as never
      if (value === null) continue
      const schema = schemas[at] as never
      const { rules } = (await import(join(folder, 'generated', 'rules', `${object.replaceAll('_', '-')}.ts`))) as { rules: WriteRules }
      const field = `f${at % BY_OBJECT}`
      const record = { [field]: (at % BY_OBJECT) % 4 === 0 ? JSON.stringify(value) : value }
      const findings = createFindings({ record, at: '', now: '2025-01-01T00:00:00.000Z', context: undefined, isBulk: false })
      rules.plan.onCreate?.(record, findings)
      const found = findings.issues.length === 0
      const wanted = meets(value, schema, schema)
      const known = isDoubted(JSON.stringify(schema), JSON.stringify(value)) ? undefined : oracles[at]?.(value)
      if (known !== undefined) asked++
      if (wanted) valid++
      else invalid++
      const pointers = findings.issues.map(({ pointer }) => pointer)
      const isPlaced = pointers.every((pointer) => leadsInto(value, pointer.slice(field.length + 1)) && pointer.startsWith(`/${field}`))
      if (found !== wanted || (known !== undefined && known !== wanted) || !isPlaced)
        failures.push(
          `${JSON.stringify(schema)}\n${JSON.stringify(value)}\nprinted ${found}, interpreted ${wanted}, Ajv ${known} ${pointers.join()}`,
        )
    }
    const shown = failures.toSorted((a, b) => a.length - b.length).slice(0, 3)
    expect(shown, `${failures.length} differences, seed ${seed}\n${shown.join('\n\n')}`).toEqual([])
    return { valid, invalid, asked }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function oracleOf(schema: { readonly [keyword: string]: unknown }): ((value: unknown) => boolean) | undefined {
  const ajv = String(schema['$schema']).includes('2020') ? new Ajv2020(OPTIONS) : new Ajv(OPTIONS)
  try {
    return ajv.compile(schema) as (value: unknown) => boolean
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/** A place of the value, or a member that is missing there. */
function leadsInto(value: unknown, pointer: string): boolean {
  let found = value
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  for (const [at, step] of steps.entries()) {
    if (typeof found !== 'object' || found === null) return false
    if (!Object.hasOwn(found, step)) return at === steps.length - 1
    found = (found as { readonly [name: string]: unknown })[step]
  }
  return true
}
