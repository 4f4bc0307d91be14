import type { ObjectIr } from '../../compiler/ir/object.ts'
import type { CompiledRule, RuleBase, RuleCheck } from '../../compiler/ir/rule.ts'
import { Span } from '../../compiler/source/span.ts'
import { objectIr } from './ir.ts'

/** A rule of one kind; everything else is usual. */
export const ruleIr = (name: string, check: RuleCheck, base: Partial<RuleBase> = {}): CompiledRule => ({
  name,
  code: name,
  severity: 'error',
  message: `${name} is broken.`,
  on: ['create', 'update'],
  about: [],
  priority: 100,
  span: Span.file('test.yml'),
  ...base,
  ...check,
})

const FORMAT: RuleCheck = { kind: 'format', field: 'email', format: 'email' }
const FLOW: RuleCheck = { kind: 'transition', field: 'stage', transitions: { open: ['won', 'lost'], won: ['open'] }, initial: ['open'] }
const schema = (types: readonly ('object' | 'integer' | 'number')[]): RuleCheck => ({
  kind: 'json-schema',
  field: 'settings',
  schema: { root: { types }, definitions: {} },
})

/** An object with a trash and rules of every kind and severity, some with names that are no names. */
export const ruledObject: ObjectIr = objectIr({
  name: 'parcel',
  fields: {
    name: { type: 'text', isRequired: true },
    email: 'text',
    stage: 'text',
    settings: 'json',
    'a/b~c': 'text',
    sender: { type: 'lookup', reference: { object: 'parcel' } },
  },
  trash: { field: 'deleted_at' },
  compiledRules: [
    ruleIr('flow', FLOW, { message: '{{name}}: not from {{old_status}} to {{new_status}}.', about: ['stage'] }),
    ruleIr('known', schema(['integer', 'number']), {
      message: '{{path}} {{ problem }} ({{limit}}).',
      about: ['settings'],
      params: { limit: 3 },
    }),
    ruleIr('__proto__', FORMAT, { about: ['a/b~c'], code: 'ODD "code"' }),
    ruleIr('sent', FORMAT, { message: '{{sender.name}} sends {{nothing}}this.' }),
    ruleIr('whole', { ...schema([]), kind: 'json-schema', schema: { root: true, definitions: {} } } as RuleCheck, {
      message: '{{problem}}',
    }),
    ruleIr('warned', FORMAT, { severity: 'warning', message: '<b>{{name}}</b>', about: ['email'] }),
    ruleIr('told of more', FORMAT, { severity: 'info', on: ['update', 'delete'] }),
    ruleIr('kept', FORMAT, { on: ['delete'], about: ['name'] }),
  ],
})
