import { MAX_REPORTED } from '../../../runtime-lite/rules/warning-report.ts'
import type { RuleOperation } from '../../ir/rule.ts'
import { warningRules } from '../warning-rules.ts'
import type { Scope } from './object-operation.ts'
import { header } from './responses.ts'
import { recordWarningSchema } from './warning-schemas.ts'

/** How many records match. */
export const countResponse = ({ use }: Scope): string =>
  JSON.stringify(
    use.shared('responses', 'Count', (all) => ({
      description: 'How many records it was, or is.',
      headers: { 'Preference-Applied': header('PreferenceApplied', all) },
      content: {
        'application/json': {
          schema: { type: 'object', properties: { count: { type: 'integer', minimum: 0 } }, required: ['count'] },
          example: { count: 1 },
        },
      },
    })),
  )

/** How many records were written, and what rules say about them. */
export const writtenCountResponse = (scope: Scope, operation: RuleOperation): string =>
  warningRules(scope.object, [operation]).length === 0 ? countResponse(scope) : toldCountResponse(scope)

const toldCountResponse = ({ use }: Scope): string =>
  JSON.stringify(
    use.shared('responses', 'ToldCount', (all) => ({
      description: 'How many records it was, and what rules say about them.',
      headers: { 'Preference-Applied': header('PreferenceApplied', all) },
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: {
              count: { type: 'integer', minimum: 0 },
              '@warnings': {
                type: 'array',
                description: 'The first of what rules of severity `warning` and `info` say. Absent: nothing.',
                maxItems: MAX_REPORTED,
                items: recordWarningSchema(all),
              },
              '@warnings_total': { type: 'integer', minimum: 0, description: 'How much it is in all, where there is more.' },
            },
            required: ['count'],
          },
          example: { count: 1 },
        },
      },
    })),
  )
