import { camelCase } from '../../ir/words.ts'

/** `discountApproval`: the constant of a workflow's module. */
export const workflowName = (file: string): string => `${camelCase(file)}Workflow`
