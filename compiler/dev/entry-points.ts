/**
 * What can be imported from this package, and the module behind it (without extension). `exports` in package.json, `paths` in
 * tsconfig.json and the aliases of the tests say the same; a test holds them together.
 */
export const ENTRY_POINTS: { readonly [name: string]: string } = {
  objectql: 'compiler/index',
  'objectql/client': 'runtime-lite/client/index',
  'objectql/kysely': 'runtime-lite/kysely/index',
  'objectql/mysql': 'runtime-lite/mysql/index',
  'objectql/plugin-sdk': 'compiler/plugin-sdk/index',
  'objectql/plugin-testing': 'compiler/plugin-testing/index',
  'objectql/plugins/audit': 'plugins/audit/audit.plugin',
  'objectql/plugins/cache': 'plugins/cache/cache.plugin',
  'objectql/plugins/rate-limit': 'plugins/rate-limit/rate-limit.plugin',
  'objectql/postgres': 'runtime-lite/postgres/index',
  'objectql/rest': 'runtime-lite/rest/index',
  'objectql/runtime': 'runtime-lite/index',
  'objectql/runtime/behaviour': 'runtime-lite/behaviour/index',
  'objectql/runtime/expression': 'runtime-lite/expression/functions',
  'objectql/runtime/kernel': 'runtime-lite/kernel/index',
  'objectql/runtime/rules': 'runtime-lite/rules/index',
  'objectql/runtime/sqlite': 'runtime-lite/sqlite/migrate',
  'objectql/runtime/workflow': 'runtime-lite/workflow/index',
  'objectql/spec': 'compiler/spec/index',
  'objectql/validate': 'runtime-lite/validate/index',
}
