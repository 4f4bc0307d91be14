import type { AppIr } from '../../ir/object.ts'
import { functionTypes } from '../objects/function-types.ts'

/** `validators.d.ts`: what functions of `*.validator.ts` are called with. */
export const validatorTypes = (app: AppIr): string =>
  functionTypes(app, 'Validator', (_object, record) => [
    `export type ${record}ValidatorContext = ql.ValidatorContextOf<objects.${record}, ValidatorApi>`,
    `export type ${record}Validator = ql.ValidatorOf<${record}ValidatorContext>`,
  ])
