import { error, warning } from './entry.ts'

/** Problems of plugins with each other and with what they are told. */
export const pluginCatalog = {
  'plugin/config': error('The configuration of "{plugin}" is not valid: {problem}. Correct it.'),
  'plugin/conflict': error('The plugins "{plugin}" and "{other}" do not go together. Remove one of them.'),
  'plugin/cycle': error('Plugins depend on each other in a circle: {path}. Remove one of these dependencies.'),
  'plugin/duplicate': error('The plugin "{plugin}" is declared twice. Rename or remove one of them.'),
  'plugin/duplicate-middleware': error('The plugin "{plugin}" has two middleware named "{middleware}". Rename one of them.'),
  'plugin/engine': error('The plugin "{plugin}" needs {engine} {range}; this is {version}. Update one of them.'),
  'plugin/incompatible': error('The plugin "{plugin}" needs "{name}" {range}, but {version} is there. Update one of them.'),
  'plugin/invalid-range': error('"{range}" is not a range of versions. Write one such as "^1.2.0" or "*".'),
  'plugin/invalid-version': error('"{version}" is not a version. Write three numbers, such as "1.2.0".'),
  'plugin/middleware-object': error('The middleware "{middleware}" is around "{object}", but no object is named so.'),
  'plugin/middleware-operation': error('The middleware "{middleware}" is around "{operation}", which is no operation.'),
  'plugin/middleware-without-execute': error('The middleware "{middleware}" has no function "execute". Add one.'),
  'plugin/missing': error('The plugin "{plugin}" needs the plugin "{name}", which is not there. Add it or remove the dependency.'),
  'plugin/no-provider': error('The plugin "{plugin}" needs "{capability}", which no plugin provides. Add one that does.'),
  'plugin/not-a-function': error('"{member}" of a plugin must be a function.'),
  'plugin/unresolved-import': warning(
    'The plugin "{plugin}" is not started: the server would not find "{specifier}". Install it or import types only.',
  ),
  'plugin/two-providers': error('"{capability}" is provided by several plugins: {plugins}. Keep one of them.'),
  'plugin/unconfigured': warning('The plugin "{plugin}" is told nothing, but {problem}. Configure it under `plugins`.'),
  'plugin/unknown-config': warning('There is no plugin "{plugin}", so this configuration has no effect. Correct the name or install it.'),
} as const
