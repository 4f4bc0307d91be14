import type { Components, JsonMap, Reference } from './components.ts'

const WARNING_PROPERTIES: JsonMap = {
  rule: { type: 'string', description: 'Name of the rule.' },
  severity: { enum: ['warning', 'info'] },
  pointer: { type: 'string', description: 'JSON pointer into the request body.' },
  code: { type: 'string' },
  message: { type: 'string' },
}

/** One about the record of a write, or about one that was written along. */
export const warningSchema = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('RuleWarning'), () => ({
    type: 'object',
    description: 'What a rule says that refuses nothing.',
    properties: WARNING_PROPERTIES,
    required: Object.keys(WARNING_PROPERTIES),
  }))

/** One about a record of a write that answers with a number. */
export const recordWarningSchema = (use: Components): Reference =>
  use.shared('schemas', use.sharedName('RecordWarning'), () => ({
    type: 'object',
    description: 'What a rule says that refuses nothing.',
    properties: { id: { type: 'string', description: 'Id of the record.' }, ...WARNING_PROPERTIES },
    required: ['id', ...Object.keys(WARNING_PROPERTIES)],
  }))
