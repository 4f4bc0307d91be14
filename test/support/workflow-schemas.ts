/** An application with every kind of step, for tests on all databases. */
export const WORKFLOW_SCHEMAS: Readonly<Record<string, string>> = {
  'schemas/order.object.yml': `
name: order
fields:
  name: { type: text, required: true }
  status: { type: select, options: [draft, checked, paid, closed], defaultValue: draft }
  amount: { type: number }
  owner: { type: text }
  due_on: { type: date }
  note: { type: text }
  count: { type: number, defaultValue: 0 }
  done_at: { type: datetime }
`,
  'schemas/item.object.yml': `
name: item
fields:
  name: { type: text, required: true }
  order: { type: text }
  touched: { type: number, defaultValue: 0 }
`,
  'schemas/order.action.js': `
export const count = { params: { by: { type: 'number' } }, handler: async ({ id, params, api }) => {
  const before = await api.object('order').get(id)
  await api.object('order').update(id, { count: (before.count ?? 0) + (params.by ?? 1) })
  return (before.count ?? 0) + (params.by ?? 1)
} }
export const shaky = { handler: async ({ attempt }) => { if (attempt < 2) throw new TypeError('not yet'); return attempt } }
export const touch = { handler: async ({ params, api }) => {
  const item = await api.object('item').get(params.id)
  await api.object('item').update(params.id, { touched: item.touched + 1 })
} }
`,
  'schemas/begins.workflow.yml': `
name: begins
object: order
trigger: { event: create_or_update, conditions: [{ field: amount, operator: ">", value: 100 }] }
steps:
  - { name: mark, type: field_update, field_updates: { note: "{{name}} is {{amount}}", done_at: $now } }
`,
  'schemas/removed.workflow.yml': `
name: removed
object: order
trigger: delete
steps:
  - { name: keep, type: create_record, object: item, values: { name: "was {{name}}", order: { copy_from: status } } }
`,
  'schemas/everything.workflow.yml': `
name: everything
object: order
trigger: manual
variables: { factor: 2 }
initial_step: sized
steps:
  - name: sized
    type: condition
    branches:
      - { condition: { field: amount, operator: ">=", value: 10 }, next_step: both }
    default: small
  - { name: small, type: field_update, field_updates: { note: small } }
  - name: both
    type: parallel
    branches: [[{ type: action, action: count, params: { by: 2 }, store_as: counted }], [{ name: pause, type: wait, duration: 1h }, { name: after_pause, type: field_update, field_updates: { status: checked } }]]
    next_step: each
  - name: each
    type: loop
    object: item
    filter: { order: $record.id }
    as: one
    steps: [{ name: touch_it, type: script, handler: touch, params: { id: $variables.one } }]
    next_step: skipped
  - { name: skipped, type: field_update, condition: { amount: 1 }, field_updates: { note: never }, next_step: last }
  - name: last
    type: field_update
    field_updates:
      - { field: amount, expression: "amount * 2" }
      - { field: note, value: "{{variables.counted}}" }
      - { field: owner, copy_from: name }
on_success: { field_updates: { status: closed } }
`,
  'schemas/shaky.workflow.yml': `
name: shaky
object: order
trigger: manual
steps:
  - { name: try_it, type: script, handler: shaky, retry_policy: { max_retries: 3, backoff: 10s }, store_as: attempts }
  - { name: tell, type: field_update, field_updates: { note: "after {{attempts}}" } }
`,
  'schemas/broken.workflow.yml': `
name: broken
object: order
trigger: manual
steps:
  - { name: write, type: field_update, field_updates: { name: null } }
on_failure: { field_updates: { note: failed } }
`,
  'schemas/calls.workflow.yml': `
name: calls
object: order
trigger: manual
steps:
  - { name: tell, type: notification, channel: email, to: "{{owner}}", subject: "Order {{name}}" }
  - { name: post, type: webhook, url: "https://hooks.example/orders/{{name}}", body: { amount: { copy_from: amount } }, store_as: answer, retries: 2 }
  - { name: keep, type: field_update, field_updates: { note: "{{answer.body.id}}" } }
`,
  'schemas/asks.workflow.yml': `
name: asks
type: approval
object: order
trigger: { event: field_change, fields: [status], conditions: "status == 'checked'" }
steps:
  - name: both
    type: parallel
    branches:
      - { name: owner_says, type: approval, assignee: { type: field, field: owner } }
      - { name: boss_says, type: approval, assignee: { type: role, role: boss }, timeout: P1D, on_timeout: nag }
    next_step: pay
  - { name: nag, type: field_update, field_updates: { note: nagged }, next_step: pay }
  - { name: pay, type: field_update, field_updates: { status: paid }, next_step: end }
on_failure: { field_updates: { status: draft } }
`,
  'schemas/nightly.workflow.yml': `
name: nightly
trigger: { event: schedule, schedule: { cron: "30 2 * * *", timezone: Europe/Berlin } }
steps:
  - { name: make, type: create_record, object: item, values: { name: nightly } }
`,
  'schemas/rules.workflow.yml': `
name: follow_up
objectName: order
triggerType: on_create
criteria: "amount < 0"
actions:
  - { name: mark, type: field_update, field: note, value: negative }
timeTriggers:
  - { timeLength: 2, timeUnit: days, actions: [{ type: field_update, field: status, value: closed }] }
  - { timeLength: 1, timeUnit: days, timeDirection: before, offsetFrom: due_on, actions: [{ type: field_update, field: owner, value: reminder }] }
`,
}
