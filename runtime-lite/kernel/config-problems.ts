import type { ErrorObject } from 'ajv'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'

export interface ConfigProblem {
  /** From the top of the configuration. */
  readonly keys: readonly string[]
  readonly problem: string
}

/** What of a configuration does not fit the JSON Schema of its plugin. Defaults are filled in on the way. */
export function configProblems(schema: object, config: unknown): readonly ConfigProblem[] {
  const ajv = new Ajv({ strict: false, allErrors: true, useDefaults: true, validateSchema: false, logger: false })
  addFormats.default(ajv)
  // A schema may name a meta-schema that is not at hand; what it says is read all the same.
  const { $schema: _, ...rest } = schema as { readonly $schema?: unknown }
  try {
    const check = ajv.compile(rest)
    return check(config) ? [] : (check.errors ?? []).map(problemOf)
  } catch {
    // What is wrong with the schema itself is told where it stands.
    return []
  }
}

function problemOf({ instancePath, keyword, params, message = 'is not valid' }: ErrorObject): ConfigProblem {
  const keys = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const what = keys.length === 0 ? 'it' : `"${keys.join('.')}"`
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty'])
    return { keys: [...keys, name], problem: `${what} has no setting "${name}"` }
  }
  if (keyword === 'required') return { keys, problem: `${what} must have "${String(params['missingProperty'])}"` }
  const among = keyword === 'enum' && Array.isArray(params['allowedValues']) ? `: ${params['allowedValues'].map(String).join(', ')}` : ''
  return { keys, problem: `${what} ${message}${among}` }
}
