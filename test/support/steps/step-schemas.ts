import type { Random } from '../random.ts'

const NOTE = 'const note = (step: string): void => void ((globalThis as unknown as { stepCalls?: string[] }).stepCalls ??= []).push(step)\n'

const OPERATIONS = ['create', 'update', 'delete'] as const

const EVENTS = [
  ...['beforeCreate', 'afterCreate', 'beforeUpdate', 'afterUpdate', 'beforeDelete', 'afterDelete'],
  ...['beforeRestore', 'afterRestore', 'beforePurge', 'afterPurge', 'afterCommit'],
]

/** An application of every kind of step, each there or not. What can be called tells `globalThis.stepCalls`; rules are always broken, as warnings. */
export function stepSchemas(one: Random): Readonly<Record<string, string>> {
  const maybe = <Part extends object>(chance: number, part: Part): Partial<Part> => (one.chance(chance) ? part : {})
  const hasTrash = one.chance(0.5)
  const tracked = one.chance(0.5)
  const hasMachine = one.chance(0.4)
  const fields = {
    title: { type: 'text', ...maybe(0.5, { required: true }), ...(tracked ? { track_history: true } : {}) },
    stage: { type: 'select', options: ['a', 'b', 'c'] },
    shelf: { type: 'lookup', reference_to: 'shelf', delete_behavior: one.pick(['set_null', 'cascade', 'restrict']) },
    ...maybe(0.5, { number: { type: 'autonumber', format: 'N-{000}' } }),
    ...maybe(0.5, { code: { type: 'text', unique: true } }),
    ...maybe(0.5, { mood: { type: 'text', defaultValue: 'new' } }),
    ...maybe(0.4, { stamp: { type: 'text', readonly: true } }),
    ...(hasMachine ? { phase: { type: 'select', options: ['one', 'two'] } } : {}),
  }
  const machine = {
    stateMachine: {
      field: 'phase',
      initial: 'one',
      states: { one: { entry: 'began', on: { GO: { target: 'two', actions: 'went' } } }, two: { type: 'final' } },
    },
  }
  const item = {
    ...{ name: 'item', fields, enable: { trash: hasTrash } },
    ...(hasMachine ? machine : {}),
    validation: { rules: randomRules(one) },
  }
  const shelf = {
    ...{ name: 'shelf', enable: { trash: one.chance(0.4) } },
    fields: {
      label: { type: 'text' },
      ...maybe(0.5, { items: { type: 'summary', summary: { object: 'item', type: 'count' } } }),
      ...maybe(0.3, { last: { type: 'summary', summary: { object: 'item', type: 'max', field: 'title' } } }),
    },
  }
  const slip = {
    name: 'slip',
    fields: { text: { type: 'text' }, item: { type: 'lookup', reference_to: 'item', delete_behavior: one.pick(['set_null', 'cascade']) } },
  }
  return {
    'schemas/item.object.json': JSON.stringify(item, null, 2),
    'schemas/shelf.object.json': JSON.stringify(shelf, null, 2),
    'schemas/slip.object.json': JSON.stringify(slip, null, 2),
    'schemas/item.action.ts': `${NOTE}export const began = (): void => note('machine item')\nexport const went = (): void => note('machine item')\n`,
    'schemas/item.hook.ts': hookModule(one),
    ...(one.chance(0.5) ? { 'schemas/guards.plugin.ts': pluginModule(one) } : {}),
    ...Object.fromEntries(OPERATIONS.flatMap((operation) => (one.chance(0.3) ? [workflowFile(operation)] : []))),
  }
}

function randomRules(one: Random): readonly object[] {
  const triggers = () => ({ trigger: OPERATIONS.filter(() => one.chance(0.6)) })
  const kinds: readonly ((name: string) => object)[] = [
    () => ({ type: 'script', condition: "record.title != 'never' || record.stage != 'c'" }),
    () => ({ type: 'cross_field', rule: { field: 'title', operator: '=', value: 'never' } }),
    () => ({ type: 'format', field: 'title', regex: '^never$' }),
    () => ({ type: 'json_schema', field: 'title', schema: { type: 'number' } }),
    () => ({ type: 'state_machine', field: 'stage', initial_states: ['c'], transitions: { a: ['c'], b: ['c'], c: ['c'] } }),
    () => ({ type: 'unique', field: 'title' }),
    () => ({
      type: 'dependency',
      condition: { lookup: { object: 'shelf', match_field: 'shelf', validate: { field: 'label', operator: '=', value: 'none' } } },
    }),
    () => ({ type: 'script', condition: "record.shelf.label != 'none'" }),
  ]
  return Array.from({ length: one.below(6) }, (_, index) => {
    const name = `rule_${index}`
    return {
      name,
      ...one.pick(kinds)(name),
      ...(one.chance(0.7) ? triggers() : {}),
      severity: 'warning',
      message: `${name} is broken.`,
      priority: 100 * one.below(3),
    }
  }).filter((rule) => !('trigger' in rule) || (rule.trigger as readonly string[]).length > 0)
}

const hookModule = (one: Random): string =>
  `${NOTE}${Array.from({ length: one.below(7) }, (_, index) => {
    const isAsync = one.chance(0.4)
    return `export const hook_${index} = { name: 'hook_${index}', object: 'item', events: ['${one.pick(EVENTS)}'], priority: ${100 * one.below(3)}, handler: ${isAsync ? 'async ' : ''}(ctx: any) => { note('hook hook_${index}') } }\n`
  }).join('')}`

const pluginModule = (one: Random): string => `${NOTE}export default {
  name: 'guards',
  version: '1.0.0',
  middleware: [
${Array.from({ length: 1 + one.below(2) }, (_, index) => `    { name: 'around_${index}', on: ${JSON.stringify(OPERATIONS.filter(() => one.chance(0.7)).concat('find' as never))}, objects: ['item'], ${one.chance(0.5) ? 'async execute(ctx: any, next: any) { note' : 'execute(ctx: any, next: any) { note'}('middleware around_${index}'); return next() } },`).join('\n')}
  ],
}
`

const workflowFile = (operation: string): readonly [string, string] => [
  `schemas/on_${operation}.workflow.json`,
  JSON.stringify({
    ...{ name: `on_${operation}`, object: 'item', trigger: { event: operation } },
    steps: [{ name: 'told', type: 'notification', channel: 'log', message: 'x' }],
  }),
]
