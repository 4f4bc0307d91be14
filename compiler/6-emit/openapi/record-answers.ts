import type { ObjectIr } from '../../ir/object.ts'
import { warningRules } from '../warning-rules.ts'
import type { Components, JsonMap, Reference } from './components.ts'
import type { SchemaNames } from './document-context.ts'
import { recordExample } from './object-schemas.ts'
import { header } from './responses.ts'
import { ruleFinding } from './rule-finding.ts'
import { warningSchema } from './warning-schemas.ts'

/** Answers that are one record: as it is read, and as a write leaves it, which comes with what rules say about it. */
export interface RecordAnswers {
  /** Schema of the record that a write answers with. */
  readonly written: Reference
  /** Its examples, by name. */
  readonly writtenExamples: () => string
  readonly read: () => string
  readonly write: () => string
}

interface AnswerScope {
  readonly object: ObjectIr
  readonly use: Components
  readonly names: SchemaNames
  readonly record: Reference
  readonly recordExample: string
}

export function recordAnswers(scope: AnswerScope): RecordAnswers {
  const { object, use, names, record, recordExample: plain } = scope
  const examples = (): string => `{"record":${JSON.stringify(use.own('examples', names.record, () => `{"value":${plain}}`))}}`
  const read = (): string => response(use, names.record, record, examples)
  const warnings = warningExamples(object)
  if (warningRules(object).length === 0 || object.methods.length === 0)
    return { written: record, writtenExamples: examples, read, write: read }
  const written = writtenSchema(names, use, record)
  const writtenExamples = (): string => {
    const plainly = examples()
    if (warnings.length === 0) return plainly
    const told = `${plain.slice(0, -1)},"@warnings":${JSON.stringify(warnings)}}`
    const reference = use.own('examples', `${names.record}.written`, () => `{"value":${told}}`)
    return `${plainly.slice(0, -1)},"warned":${JSON.stringify(reference)}}`
  }
  return { written, writtenExamples, read, write: () => response(use, `${names.record}.written`, written, writtenExamples) }
}

const response = (use: Components, name: string, schema: Reference, examples: () => string): string =>
  JSON.stringify(
    use.own(
      'responses',
      name,
      () =>
        `{"description":"The record.","headers":${JSON.stringify({ ETag: header('ETag', use), 'Preference-Applied': header('PreferenceApplied', use) })},"content":{"application/json":{"schema":${JSON.stringify(schema)},"examples":${examples()}}}}`,
    ),
  )

// No object's name has a dot.
const writtenSchema = ({ record: name }: SchemaNames, use: Components, record: Reference): Reference =>
  use.own('schemas', `${name}.written`, () => {
    const warnings = use.shared('schemas', use.sharedName('RuleWarnings'), (all) => ({
      type: 'object',
      properties: {
        '@warnings': {
          type: 'array',
          description:
            'What rules of severity `warning` and `info` say about what was written, of records that were written along too. Absent: nothing.',
          items: warningSchema(all),
        },
      },
    }))
    return JSON.stringify({ allOf: [record, warnings] })
  })

/** One of them is enough to see what they look like. */
function warningExamples(object: ObjectIr): readonly JsonMap[] {
  const record = recordExample(object)
  for (const rule of warningRules(object)) {
    const found = ruleFinding(rule, object, record, rule.on.includes('create') ? 'create' : 'update')
    if (found) return [{ rule: rule.name, severity: rule.severity, pointer: found.pointer, code: found.code, message: found.message }]
  }
  return []
}
