/** Schemas whose rules ask the database, for tests on every database. */
export const ASKED_SCHEMAS: Readonly<Record<string, string>> = {
  'account.object.yml': `
name: account
fields:
  name: { type: text }
  active: { type: boolean, defaultValue: true }
  region: { type: text }
`,
  'contact.object.yml': `
name: contact
fields:
  name: { type: text }
  account: { type: lookup, reference_to: account }
`,
  'project.object.yml': `
name: project
fields:
  name: { type: text }
  code: { type: text }
  amount: { type: number }
  status: { type: select, options: [draft, open, done], defaultValue: draft }
  account: { type: lookup, reference_to: account, reference_filters: ["active = true"] }
  lead: { type: lookup, reference_to: contact, dependsOn: account }
  helpers: { type: lookup, reference_to: contact, multiple: true, lookup_filters: [{ field: name, operator: "!=", value: Nobody }] }
validation:
  rules:
    - { name: flow, type: state_machine, field: status, initial_states: [draft], transitions: { draft: [open], open: { allowed_next: [done, draft] }, done: { allowed_next: [], is_terminal: true } }, message: "{{name}}: not from {{old_status}} to {{new_status}}.", error_code: FLOW }
    - { name: one_code, type: unique, field: code, case_sensitive: false, scope: { field: status, operator: "!=", value: done }, message: "{{code}} is taken.", error_code: CODE_TAKEN }
    - { name: one_big_name, type: unique, fields: [name], apply_when: { field: amount, operator: ">", value: 100 }, message: "{{name}} is a big one already." }
    - { name: same_amount, type: unique, field: amount, severity: warning, message: "There is another one with {{amount}}." }
    - { name: served, type: dependency, condition: { lookup: { object: account, match_field: account, validate: { field: region, operator: "!=", value: moon } } }, message: Nobody serves the moon. }
    - { name: kept, type: dependency, trigger: [delete], condition: { has_related: { object: task, relation_field: project, filter: [{ field: status, operator: "=", value: open }] } }, message: "{{name}} has open tasks." }
    - { name: led, type: business_rule, constraint: { relationships: { lead: { validate: { field: name, operator: "!=", value: Nobody } } } }, message: Nobody leads nothing. }
`,
  'task.object.yml': `
name: task
fields:
  title: { type: text }
  status: { type: select, options: [open, done], defaultValue: open }
  project: { type: lookup, reference_to: project, deleteBehavior: set_null }
`,
}
