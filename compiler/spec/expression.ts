/** An expression with the language it is written in. */
export interface Expression {
  readonly dialect: 'cel' | 'template' | 'cron'
  readonly source: string
}

type Tag<Dialect extends Expression['dialect']> = (
  text: TemplateStringsArray,
  ...values: readonly (string | number | boolean)[]
) => Expression & { readonly dialect: Dialect }

const tag =
  <Dialect extends Expression['dialect']>(dialect: Dialect): Tag<Dialect> =>
  (text, ...values) => ({ dialect, source: String.raw({ raw: text.raw }, ...values) })

/** A computed value in CEL: ``F`record.amount * 2` ``. */
export const F = tag('cel')

/** A condition in CEL: ``P`record.status == 'open'` ``. */
export const P = tag('cel')

/** CEL of any kind. */
export const cel = tag('cel')

/** A text with holes: ``tmpl`{{record.title}}` ``. */
export const tmpl = tag('template')

/** A schedule: ``cron`0 6 * * 1` ``. */
export const cron = tag('cron')
