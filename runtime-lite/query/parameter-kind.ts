/** What a parameter holds, which decides its type on databases that type parameters. `list`: JSON text of an array. `path`: JSON text of an array of keys. */
export type ParameterKind = 'text' | 'integer' | 'real' | 'boolean' | 'date' | 'datetime' | 'time' | 'json' | 'list' | 'path' | 'bytes'
