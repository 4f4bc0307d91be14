// Which part of the project may import which. Whoever adds a line says why.

/**
 * What each part of the compiler may import, besides itself. A phase imports no later one, and nothing below the pipeline knows
 * the pipeline. `*` is everything: the command line and the top of the compiler put the parts together.
 */
export const COMPILER_IMPORTS: Readonly<Record<string, readonly string[] | '*'>> = {
  source: [],
  // What rules and conditions of hooks are: checked expressions.
  ir: ['source', 'expression'],
  spec: ['ir'],
  // What plugins are written with: in schemas, and in the programs made of them.
  'plugin-sdk': ['spec'],
  // What plugins are tested with: compiles and starts whole applications. Nothing imports it.
  'plugin-testing': '*',
  code: ['source'],
  host: ['source', 'spec', 'package-identity.ts'],
  diagnostics: ['source'],
  config: ['source', 'host', 'diagnostics'],
  lock: ['source', 'ir', 'diagnostics', '1-load'],
  '1-load': ['source', 'host', 'diagnostics'],
  '2-parse': ['source', 'ir', 'spec', 'diagnostics', '1-load'],
  '3-link': ['source', 'ir', 'diagnostics', '2-parse', 'expression'],
  // Plugins in the order they start, and what they are told.
  plugins: ['source', 'config', 'diagnostics', '2-parse', '3-link', 'version.ts'],
  // A plugin alone, as its author has it: everything a compile says about it, and its package.
  'plugin-validate': ['source', 'host', 'diagnostics', '1-load', '2-parse', '3-link', 'compile-project.ts'],
  // Expressions of a linked model, as queries have them.
  behaviour: ['source', 'ir', 'diagnostics', 'host', 'spec'],
  expression: ['source', 'ir', 'code', 'diagnostics', '3-link'],
  rules: ['source', 'ir', 'diagnostics', '2-parse', '3-link', 'expression'],
  // Workflows of a linked model, with the conditions that rules have.
  workflows: ['source', 'ir', 'diagnostics', '3-link', 'expression', 'rules'],
  '4-lower': ['source', 'ir', 'config', 'lock', '2-parse', '3-link'],
  '5-optimize': ['ir', 'config'],
  // Named queries, planned as the runtime plans all others, over the plans that will be printed.
  queries: ['source', 'ir', 'config', 'diagnostics', '6-emit'],
  // The application's own sources.
  sources: ['ir', 'host', 'config', 'diagnostics', '6-emit', 'queries'],
  '6-emit': ['source', 'ir', 'code', 'config', 'behaviour', 'expression', 'version.ts'],
  '7-write': ['source', 'host', 'diagnostics', 'incremental'],
  incremental: ['ir', 'host', 'config', 'lock', 'diagnostics', '1-load', '2-parse', '6-emit', '7-write'],
  // Plugins and their hooks, for people.
  graph: ['ir', 'behaviour', 'package-identity.ts'],
  watch: '*',
  dev: '*',
  explain: '*',
  cli: '*',
}

/** Modules that take part in both worlds: the codes of problems are documented where they are thrown. */
export const COMPILER_TO_RUNTIME: Readonly<Record<string, readonly string[]>> = {
  // The filter of a roll-up is one of queries.
  'compiler/3-link/summary-filter.ts': [
    'runtime-lite/problem/problem.ts',
    'runtime-lite/query/ast.ts',
    'runtime-lite/query/parse/value-sink.ts',
    'runtime-lite/query/parse/where.ts',
  ],
  'compiler/6-emit/openapi/responses.ts': ['runtime-lite/problem/problem.ts'],
  // What rules say is shown as they say it.
  'compiler/6-emit/openapi/rule-finding.ts': ['runtime-lite/rules/fill-message.ts'],
  'compiler/6-emit/openapi/count-responses.ts': ['runtime-lite/rules/warning-report.ts'],
  'compiler/queries/object-plans.ts': ['runtime-lite/object/object-plan.ts', 'runtime-lite/query/bind/bind-scope.ts'],
  'compiler/queries/plan-queries.ts': [
    'runtime-lite/query/print/mysql.ts',
    'runtime-lite/query/print/postgres.ts',
    'runtime-lite/query/print/sqlite.ts',
  ],
  'compiler/queries/plan-query.ts': [
    'runtime-lite/object/object-plan.ts',
    'runtime-lite/problem/problem.ts',
    'runtime-lite/query/ast.ts',
    'runtime-lite/query/bind/bind-query.ts',
    'runtime-lite/query/bind/bind-scope.ts',
    'runtime-lite/query/named/context-value.ts',
    'runtime-lite/query/named/name-places.ts',
    'runtime-lite/query/named/parameter-uses.ts',
    'runtime-lite/query/parse/query-document.ts',
    'runtime-lite/query/planned-query.ts',
    'runtime-lite/query/planner.ts',
    'runtime-lite/query/print/dialect.ts',
  ],
  'compiler/queries/plan-call.ts': [
    'runtime-lite/problem/problem.ts',
    'runtime-lite/query/ahead/exact-shape.ts',
    'runtime-lite/query/ast.ts',
    'runtime-lite/query/bind/bind-query.ts',
    'runtime-lite/query/bind/typed-expression.ts',
    'runtime-lite/query/named/parameter-uses.ts',
    'runtime-lite/query/planned-query.ts',
    'runtime-lite/query/planner.ts',
  ],
  'compiler/queries/query-parameters.ts': [
    'runtime-lite/query/named/context-value.ts',
    'runtime-lite/query/named/infer-parameter.ts',
    'runtime-lite/query/named/parameter-uses.ts',
    'runtime-lite/query/named/query-parameter.ts',
    'runtime-lite/query/named/read-parameters.ts',
  ],
  'compiler/sources/call-query.ts': [
    'runtime-lite/problem/problem.ts',
    'runtime-lite/query/ast.ts',
    'runtime-lite/query/parse/query-document.ts',
    'runtime-lite/query/parse/query-limits.ts',
  ],
  'compiler/sources/read-sources.ts': ['runtime-lite/query/shape-hash.ts'],
  'compiler/queries/row-shape.ts': ['runtime-lite/object/object-plan.ts', 'runtime-lite/query/bound.ts'],
  // What is known when compiling is printed by what prints the rest at run time.
  'compiler/6-emit/plans/plan-constants.ts': [
    'runtime-lite/object/object-plan.ts',
    'runtime-lite/query/print/constants-of.ts',
    'runtime-lite/query/print/sqlite.ts',
  ],
  // Formulas stand in those constants as they stand in queries.
  'compiler/6-emit/plans/formula-text.ts': [
    'runtime-lite/object/object-plan.ts',
    'runtime-lite/query/ast.ts',
    'runtime-lite/query/bind/bind-condition.ts',
    'runtime-lite/query/bind/bind-expression.ts',
    'runtime-lite/query/bind/bind-scope.ts',
    'runtime-lite/query/print/dialect.ts',
    'runtime-lite/query/print/mysql.ts',
    'runtime-lite/query/print/postgres.ts',
    'runtime-lite/query/print/print-condition.ts',
    'runtime-lite/query/print/print-record.ts',
    'runtime-lite/query/print/sqlite.ts',
  ],
  'compiler/6-emit/plans/literal-list.ts': [
    'runtime-lite/object/object-plan.ts',
    'runtime-lite/query/bound.ts',
    'runtime-lite/query/print/dialect.ts',
    'runtime-lite/query/print/parameter-list.ts',
  ],
  // The hooks of a read are told in the order they are called.
  'compiler/6-emit/steps/read-steps.ts': ['runtime-lite/behaviour/read-phases.ts'],
  // Names that generated code imports, so that nothing else is called so.
  'compiler/6-emit/hooks/hooks-target.ts': ['runtime-lite/expression/functions.ts'],
  // Comparisons of constants are decided as they would be at run time.
  'compiler/expression/fold.ts': ['runtime-lite/expression/functions.ts'],
  'compiler/plugin-sdk/built-plugin.ts': ['runtime-lite/kernel/plugin.ts', 'runtime-lite/middleware/middleware.ts'],
  'compiler/plugin-sdk/contexts.ts': ['runtime-lite/events/app-events.ts', 'runtime-lite/events/bus-event.ts'],
  // The types of queries alone.
  'compiler/plugin-sdk/find-by-ids.ts': ['runtime-lite/types/index.ts'],
  'compiler/plugin-sdk/record-filter.ts': ['runtime-lite/types/index.ts'],
  'compiler/plugin-sdk/records-of.ts': ['runtime-lite/types/index.ts'],
  'compiler/plugin-sdk/index.ts': [
    'runtime-lite/database/session.ts',
    'runtime-lite/database/statement-layer.ts',
    'runtime-lite/kernel/plugin.ts',
    'runtime-lite/middleware/as-middleware.ts',
    'runtime-lite/middleware/error-handling.ts',
    'runtime-lite/middleware/logging.ts',
    'runtime-lite/middleware/middleware.ts',
    'runtime-lite/middleware/performance.ts',
    'runtime-lite/middleware/rest-context.ts',
  ],
  'compiler/plugin-sdk/logger.ts': ['runtime-lite/kernel/plugin.ts'],
  'compiler/plugin-sdk/metadata-helpers.ts': ['runtime-lite/metadata/metadata.ts', 'runtime-lite/registry.ts'],
  'compiler/plugin-sdk/plugin-builder.ts': [
    'runtime-lite/events/bus-event.ts',
    'runtime-lite/kernel/plugin.ts',
    'runtime-lite/middleware/middleware.ts',
  ],
  'compiler/plugin-sdk/problems.ts': ['runtime-lite/problem/issue.ts', 'runtime-lite/problem/problem.ts'],
  // Operations have the same names there.
  'compiler/behaviour/arounds.ts': ['runtime-lite/middleware/middleware.ts'],
  'compiler/ir/plugin.ts': ['runtime-lite/middleware/middleware.ts'],
  'compiler/plugins/check-plugin-configs.ts': ['runtime-lite/kernel/config-problems.ts'],
  'compiler/plugins/link-middleware.ts': ['runtime-lite/middleware/middleware.ts'],
  'compiler/plugins/link-plugins.ts': ['runtime-lite/kernel/resolve-plugins.ts'],
  // A schedule that cannot be read is told while compiling.
  'compiler/workflows/read-workflow.ts': ['runtime-lite/workflow/cron.ts'],
  'compiler/expression/build.ts': ['runtime-lite/query/ast.ts'],
  'compiler/expression/lower.ts': ['runtime-lite/query/ast.ts'],
  'compiler/expression/typed.ts': ['runtime-lite/query/ast.ts'],
  'compiler/rules/condition.ts': ['runtime-lite/query/ast.ts'],
  // A full-text index serves a query only over the very expression the query is printed with.
  // Which records a unique rule is about, as the condition of an index.
  'compiler/6-emit/sql/rule-index.ts': [
    'runtime-lite/object/object-plan.ts',
    'runtime-lite/problem/problem.ts',
    'runtime-lite/query/bind/bind-query.ts',
    'runtime-lite/query/bound.ts',
    'runtime-lite/query/empty-query.ts',
    'runtime-lite/query/print/mysql.ts',
    'runtime-lite/query/print/postgres.ts',
    'runtime-lite/query/print/print-condition.ts',
    'runtime-lite/query/print/sqlite.ts',
  ],
  'compiler/6-emit/sql/search-index.ts': [
    'runtime-lite/query/print/mysql-search-name.ts',
    'runtime-lite/query/print/postgres-search.ts',
    'runtime-lite/query/print/sqlite-search-names.ts',
  ],
  'compiler/6-emit/sql/physical-names.ts': ['runtime-lite/query/print/physical-name.ts'],
  'compiler/6-emit/sql/table-printer.ts': ['runtime-lite/query/print/mysql-search-name.ts'],
  'compiler/6-emit/sql/version-trigger.ts': ['runtime-lite/query/print/sqlite-search-names.ts'],
}

export const PHASES = ['1-load', '2-parse', '3-link', '4-lower', '5-optimize', '6-emit', '7-write']

/** What each emit target may import of another. All of them share what lies beside the folders. */
export const TARGET_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  objects: [],
  hooks: ['objects/function-types.ts', 'objects/js-doc.ts'],
  sql: ['plans/field-plan.ts', 'plans/literal-list.ts', 'plans/plan-constants.ts'],
  modules: [],
  rules: ['hooks/handler-imports.ts', 'objects/function-types.ts', 'objects/js-doc.ts', 'objects/value-check.ts', 'sql/rule-index.ts'],
  actions: ['hooks/handler-imports.ts', 'objects/js-doc.ts', 'objects/validators.ts'],
  plans: [
    'actions/actions-target.ts',
    'hooks/hooks-target.ts',
    'objects/type-names.ts',
    'objects/unique-keys.ts',
    'rules/rules-target.ts',
    'sql/storage.ts',
    'steps/step-scopes.ts',
    'steps/steps-comment.ts',
    'workflows/workflow-name.ts',
  ],
  // What runs in an operation is told from what each target prints of it.
  steps: [
    'hooks/around-function.ts',
    'hooks/hook-step.ts',
    'objects/field-doc.ts',
    'objects/js-doc.ts',
    'plans/kept-relations.ts',
    'plans/trash-plans.ts',
    'rules/rule-steps.ts',
  ],
  workflows: ['hooks/handler-imports.ts', 'objects/js-doc.ts'],
  registry: ['objects/type-names.ts'],
  client: ['objects/action-types.ts', 'objects/js-doc.ts', 'objects/query-types.ts', 'objects/type-names.ts'],
  kernel: ['objects/js-doc.ts'],
  app: [
    'hooks/rest-middleware-target.ts',
    'kernel/kernel-target.ts',
    'objects/objects-index.ts',
    'objects/type-names.ts',
    'sql/storage.ts',
    'sql/table.ts',
    'workflows/workflow-name.ts',
  ],
  config: [],
  // The document must say what validators check.
  openapi: [
    'objects/action-types.ts',
    'objects/field-type-text.ts',
    'objects/query-types.ts',
    'objects/type-names.ts',
    'objects/validators.ts',
    'objects/value-check.ts',
  ],
}

/** Parts of the runtime that run in browsers: what they may import, and no module of any platform. */
export const BROWSER_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  client: ['types', 'problem'],
  // Names of functions, as types.
  types: ['problem', 'query', 'values.ts'],
  validate: ['problem', 'frozen.ts'],
  problem: [],
}

/** Optional packages that an entry point is for, and that it loads when it is used. */
export const DRIVER_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  postgres: ['pg'],
  mysql: ['mysql2'],
  kysely: ['kysely'],
  // Kernels without generated code read ranges of versions and schemas of configurations themselves.
  kernel: ['ajv', 'ajv-formats', 'semver'],
}
