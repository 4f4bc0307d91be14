/** `nothing`: the answer is empty. `record`: one of `object`. */
export interface ActionResultIr {
  readonly kind: 'nothing' | 'string' | 'number' | 'boolean' | 'object' | 'json' | 'record'
  readonly object?: string
  readonly isList: boolean
}
