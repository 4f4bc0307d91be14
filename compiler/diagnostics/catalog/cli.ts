import { error, warning } from './entry.ts'

/** Problems with the configuration, the written files, and the commands that run an application. */
export const cliCatalog = {
  'config/auth-export': error('"{path}" exports no function that says who asks. Export `authenticate`, or a default.'),
  'config/auth-import': error('"{path}" imports "{specifier}", which a server would not find. Correct the import.'),
  'config/auth-module': error('There is no module "{path}". Correct `auth`, which is relative to this file.'),
  'config/auth-not-a-function': error('What "{path}" exports as "{name}" is {actual}, no function. Export a function.'),
  'config/module-failed': error('The configuration could not be read: {problem}.'),
  'config/no-default-export': error('The configuration exports no settings. Write `export default defineConfig(...)`.'),
  'config/not-found': error('There is no configuration at "{path}". Correct --config.'),
  'config/output-holds-input': error('The output folder "{output}" holds the input "{input}". Choose another output folder.'),
  'config/several': warning('"{ignored}" is ignored because of this file. Remove one of them.'),
  'config/unknown-key': error('"{key}" is not a setting.'),
  'config/wrong-type': error('The setting "{key}" must be {expected}, not {actual}.'),
  'serve/app-failed': error('The compiled application did not start: {problem}.'),
  'dev/destructive-change': error('The table "{table}" cannot follow without losing stored values. The database was left as it is.'),
  'dev/kept-in-database': warning('The table "{table}" holds something that the schemas do not have any more. It stays, unused.'),
  'serve/database-failed': error('The database "{url}" could not be opened: {problem}.'),
  'serve/not-compiled': error('There is no compiled application in "{path}". Run `objectql compile` first.'),
  'serve/port-in-use': error('Port {port} of {host} is in use. Choose another one with --port.'),
  'write/edited-file-kept': warning('"{path}" is no longer generated. It was edited by hand, so it stays: delete it when unneeded.'),
  'write/failed': error('The output could not be written: {problem}. The old output is unchanged.'),
  'write/foreign-file': error('"{path}" was not written by objectql. Move it away, or overwrite it with --force.'),
  'write/locked': error('Process {pid} is compiling too and did not finish within {seconds} s. If it is gone, delete "{path}".'),
  'write/path-clash': error('Two parts of the output want the file "{path}". Rename one of the objects.'),
  'write/rolled-back-partly': error('The output is mixed: {problem}. Run `objectql compile` again when that is mended.'),
  'write/stale': error('"{path}" is {state}. Run `objectql compile` and commit the result.'),
} as const
