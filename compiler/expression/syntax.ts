/** Where something stands in the text of an expression: UTF-16 code units. */
export interface Range {
  readonly start: number
  readonly end: number
}

export type Dialect = 'spreadsheet' | 'cel' | 'javascript'

/** What two values are combined with, in whatever way a dialect writes it. */
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | 'power'
  | 'join'
  | 'eq'
  | 'ne'
  | 'lt'
  | 'le'
  | 'gt'
  | 'ge'
  | 'and'
  | 'or'
  | 'in'
  | 'coalesce'

/** What all dialects are parsed to: names are not resolved, nothing has a type yet. */
export type Syntax = Range &
  (
    | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'member'; readonly of: Syntax; readonly name: string }
    /** `of`: what a method is called on. */
    | { readonly kind: 'call'; readonly name: string; readonly of?: Syntax; readonly args: readonly Syntax[] }
    | { readonly kind: 'unary'; readonly operator: '-' | '+' | 'not'; readonly of: Syntax }
    | { readonly kind: 'binary'; readonly operator: BinaryOperator; readonly left: Syntax; readonly right: Syntax }
    | { readonly kind: 'choice'; readonly condition: Syntax; readonly result: Syntax; readonly otherwise: Syntax }
    | { readonly kind: 'list'; readonly items: readonly Syntax[] }
  )
