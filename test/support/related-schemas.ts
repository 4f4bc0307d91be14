/** Schemas whose rules look at related records, for tests on every database. */
export const RELATED_SCHEMAS: Readonly<Record<string, string>> = {
  'person.object.yml': `
name: person
enable: { trash: true }
fields:
  name: { type: text }
  region: { type: text }
  password: { type: password }
  manager: { type: lookup, reference_to: person }
`,
  'account.object.yml': `
name: account
fields:
  name: { type: text }
  industry: { type: select, options: [bank, farm, other] }
  limit: { type: number }
  active: { type: boolean }
  owner: { type: lookup, reference_to: person }
  shown: { type: formula, expression: "CONCATENATE(name, ' of ', owner.region)" }
  total: { type: summary, summary_object: deal, summary_field: amount, summary_type: sum }
`,
  'deal.object.yml': `
name: deal
fields:
  name: { type: text }
  amount: { type: number }
  stage: { type: select, options: [draft, open, won], defaultValue: draft }
  account: { type: lookup, reference_to: account }
  second: { type: lookup, reference_to: account }
  note: { type: text, requiredWhen: "record.account.industry == 'farm'" }
  code: { type: text, readonlyWhen: "record.account.owner.region == 'moon'" }
  region: { type: formula, expression: "account.owner.region" }
  over: { type: formula, expression: "amount - account.limit" }
validation:
  rules:
    - { name: bank_limit, type: cross_field, condition: "account.industry = 'bank' AND amount > account.limit", message: "{{account.name}} takes {{account.limit}} at most, and {{account.owner.name}} has to agree." }
    - { name: same_region, type: cross_field, rule: { field: account.owner.region, operator: "=", compare_to: second.owner.region }, apply_when: { field: second, operator: not_empty }, message: "Two regions." }
    - { name: stays, type: script, condition: "record.account != previous.account && previous.account.industry == 'bank'", message: "What a bank has stays there." }
    - { name: not_to_zero, type: cross_field, condition: "record.region == 'zero'", message: "Nobody sells in {{account.owner.region}}." }
    - { name: shown_name, type: script, severity: warning, condition: "account.shown == 'Acme of north'", message: "It is {{account.shown}}." }
    - { name: kept, type: script, trigger: [delete], condition: "account.active == true", message: "{{account.name}} is active." }
    - { name: flow, type: state_machine, field: stage, transitions: { draft: [open], open: [won], won: [] }, apply_when: "account.active == true", message: "{{account.name}}: not from {{old_status}} to {{new_status}}." }
    - { name: once, type: unique, field: name, apply_when: "account.industry == 'bank'", message: "{{account.name}} has {{name}}." }
`,
  'line.object.yml': `
name: line
fields:
  name: { type: text }
  deal: { type: master_detail, reference_to: deal }
  count: { type: number }
validation:
  rules:
    - { name: of_draft, type: script, condition: { dialect: cel, source: "parent.stage != 'draft'" }, message: "{{deal.name}} is {{deal.stage}}." }
`,
}
