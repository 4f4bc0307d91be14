import { error, warning } from './entry.ts'

/** Problems with reading files: paths, bytes, YAML, JSON and modules that throw. */
export const loadCatalog = {
  'load/big-integer': error('The number {text} has more digits than a number can hold. Put it in quotes to keep every digit.'),
  'load/duplicate-key': error('The key "{key}" is given twice. Remove one of them.'),
  'load/empty-file': warning('This file holds nothing. Fill it in or delete it.'),
  'load/invalid-utf8': error('This text is not valid UTF-8. Save the file again as UTF-8.'),
  'load/json-syntax': error('This is not valid JSON: {problem}.'),
  'load/missing-input': error('The input "{path}" does not exist. Correct `input` in the configuration.'),
  'load/module-failed': error('"{module}" threw when it was imported: {problem}. Mend it here.'),
  'load/module-not-found': error('Cannot find "{specifier}". Correct the import or install the package.'),
  'load/module-syntax': error('This is not valid TypeScript: {problem}.'),
  'load/no-schemas': warning('No schema file was found under {inputs}. Add a file such as account.object.yml.'),
  'load/not-finite': error('{text} is not a number that JSON can hold. Write a finite number or put it in quotes.'),
  'load/package-replaced': warning('The package "{package}" is not installed. An empty stand-in took its place while reading metadata.'),
  'load/plugin-code': error('The plugin is to have its code in "{path}", which does not exist. Correct `main` or build the package.'),
  'load/plugin-manifest': error('A plugin manifest must be a map with a `name`.'),
  'load/too-many-aliases': error('The aliases of this file stand for more than {limit} values. Write the values out.'),
  'load/unreadable-file': error('This file could not be read: {problem}.'),
  'load/yaml-syntax': error('This is not valid YAML: {problem}.'),
} as const
