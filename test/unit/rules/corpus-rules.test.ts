import { describe, expect, test } from 'vitest'
import type { CompiledRule } from '../../../compiler/ir/rule.ts'
import { type AppFolder, compiledApp, corpusApps, sampleApp } from '../../support/compiled-apps.ts'

/** What rules of a type are enforced as. A rule that is left out is missing among them. */
const ENFORCED_AS: Readonly<Record<string, readonly CompiledRule['kind'][]>> = {
  cross_field: ['record'],
  field: ['record'],
  conditional: ['record'],
  script: ['record'],
  // An expression, or a function.
  custom: ['record', 'validator'],
  async: ['validator'],
  business_rule: ['record'],
  formula: ['record'],
  state_machine: ['transition'],
  unique: ['unique'],
  dependency: ['related'],
  format: ['format'],
  json_schema: ['json-schema'],
}

async function rulesOf(folder: AppFolder) {
  const { objects } = await compiledApp(folder)
  return objects.flatMap(({ name, rules, compiledRules = [] }) =>
    rules.map((rule) => ({
      rule: `${name}.${rule.name}`,
      type: rule.type,
      kinds: compiledRules.filter((one) => one.name === rule.name).map(({ kind }) => kind),
    })),
  )
}

const counted = (rules: Awaited<ReturnType<typeof rulesOf>>): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...new Set(rules.map(({ type }) => type))].sort().map((type) => [type, rules.filter((one) => one.type === type).length]),
  )

describe('rules that authors wrote are in force', () => {
  test.each([sampleApp, ...corpusApps()])('$name', { timeout: 120_000 }, async (folder) => {
    const rules = await rulesOf(folder)
    const missing = rules.filter(({ type, kinds }) => {
      const wanted = ENFORCED_AS[type] ?? []
      return !wanted.some((kind) => kinds.includes(kind))
    })
    expect(missing).toEqual([])
    if (folder.name === 'project-tracker') expect(counted(rules)).toEqual({ conditional: 1, cross_field: 1, field: 1 })
    if (folder === sampleApp) expect(rules.length).toBeGreaterThan(5)
  })
})
