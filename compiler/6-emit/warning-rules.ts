import type { ObjectIr } from '../ir/object.ts'
import type { CompiledRule, RuleOperation } from '../ir/rule.ts'

/** Rules whose findings come back with the answer of such a write, which they do not refuse. */
export const warningRules = (
  { compiledRules = [] }: Pick<ObjectIr, 'compiledRules'>,
  operations: readonly RuleOperation[] = ['create', 'update'],
): readonly CompiledRule[] => compiledRules.filter(({ severity, on }) => severity !== 'error' && operations.some((one) => on.includes(one)))
