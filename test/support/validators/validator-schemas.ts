/** Schemas whose rules ask functions and addresses, for tests on every database. */
export const VALIDATOR_SCHEMAS: Readonly<Record<string, string>> = {
  'region.object.yml': `
name: region
fields:
  name: { type: text }
  limit: { type: number }
`,
  'account.object.yml': `
name: account
fields:
  name: { type: text }
  vat: { type: text }
  country: { type: text }
  amount: { type: number, defaultValue: 5 }
  doubled: { type: formula, expression: "amount * 2", data_type: number }
  pin: { type: password }
  region: { type: lookup, reference_to: region }
validation:
  rules:
    - { name: has_name, type: field, rule: { field: name, operator: not_empty }, message: A name is needed. }
    - { name: vat_is_known, type: async, field: vat, validatorFunction: check_vat, apply_when: { field: country, operator: "=", value: DE }, message: { en: "{{vat}} is not known.", de: "{{vat}} ist nicht bekannt." }, error_code: VAT }
    - { name: within_limit, type: custom, handler: withinLimit, params: { most: 100 }, message: "{{amount}} is above {{limit}}.", priority: 10 }
    - { name: kept, type: custom, handler: mayGo, trigger: [delete], message: "{{name}} stays." }
    - { name: odd, type: custom, handler: odd_names, fields: [name], severity: warning, skip_bulk: true, message: "{{name}} is an odd name." }
`,
  'note.object.yml': `
name: note
fields:
  text: { type: text }
  account: { type: master_detail, reference_to: account }
validation:
  rules:
    - { name: polite, type: custom, handler: polite, message: Mind your words. }
`,
  'account.validator.ts': `
import type { AccountValidator, AccountValidatorContext } from '../generated/validators.js'

/** What was asked, for tests. */
export const asked: string[] = []

export const checkVat: AccountValidator = async ({ rule, operation, field, value, record, previous, signal }) => {
  asked.push([rule, operation, field, value, record.vat, previous?.vat ?? null, signal.aborted].join(' '))
  await new Promise((resolve) => setTimeout(resolve, 5))
  return String(value).startsWith('DE')
}

/** Reads what the transaction wrote. */
export async function withinLimit({ record, params, api, id, operation }: AccountValidatorContext) {
  asked.push(\`withinLimit \${operation} \${record.name}\`)
  if (record.name === 'slow') await new Promise((resolve) => setTimeout(resolve, 10_000))
  if (record.name === 'refuses') throw new Error('Not this one.')
  if (record.name === 'fails') throw new TypeError('A bug.')
  if (record.name === 'odd answer') return 42 as never
  if (record.name === 'changes') (record as { name: string }).name = 'other'
  if (record.name === 'says') return 'In its own words, {{name}}.'
  const region = record.region ? await api.object('region').findOne(String(record.region)) : null
  const limit = Number(region?.limit ?? params['most'])
  if (record.name === 'writes') await api.create('region', { id: \`of-\${id}\`, name: 'written' })
  return { valid: Number(record.amount ?? 0) <= limit, params: { limit } }
}

export const mayGo: AccountValidator = ({ record, operation, isBulk, previous }) => {
  asked.push(\`mayGo \${operation} \${isBulk} \${previous?.name}\`)
  return record.name !== 'stays'
}
`,
  'note.validator.ts': `
import type { NoteValidator } from '../generated/validators.js'

export default {
  polite: (({ record }) => (/darn/.test(record.text ?? '') ? 'Please.' : undefined)) satisfies NoteValidator,
}
`,
}
