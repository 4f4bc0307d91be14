/** Syntax that sources do without, by what people call it: the type of its node. */
export const UNWANTED_SYNTAX = {
  any: 'TSAnyKeyword',
  'non-null assertions': 'TSNonNullExpression',
  enums: 'TSEnumDeclaration',
  namespaces: 'TSModuleDeclaration',
  'parameter properties': 'TSParameterProperty',
  'import assignments': 'TSImportEqualsDeclaration',
} as const
