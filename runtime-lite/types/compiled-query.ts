import type { AnyModel, NotExpanded } from './model.ts'
import type { ObjectCalls } from './object-calls.ts'
import type { ListQuery, Page } from './query.ts'
import type { Result } from './result.ts'

/** Makes queries whose values come later: `app.queries`. */
export interface QueryCompiler<Objects> {
  /**
   * A query with `'$name'` in place of values. It is read at once and planned when it is first run; a text that begins with `$` is written
   * `$$`. Names of fields are checked when it runs, too, for what types do not know.
   * @throws ObjectQLError 404 for an unknown object, 400 for what is no query.
   */
  compile<const Name extends keyof Objects & string, const Template extends QueryTemplate<ModelOf<Objects[Name]>>>(
    object: Name,
    template: Template,
  ): CompiledQuery<NamesIn<Template>, TemplateRow<ModelOf<Objects[Name]>, Template>>
}

/** A query that was planned before its values are known. */
export interface CompiledQuery<Names extends string, Row> {
  /** Takes part in the transaction it is called in. @throws ObjectQLError 400 naming the parameter that does not fit. */
  execute(...values: [Names] extends [never] ? [] : [values: { readonly [Name in Names]: QueryValue }]): Promise<Page<Row>>
}

export type QueryValue = string | number | boolean | Date | readonly (string | number)[]

export type ModelOf<Calls> = Calls extends ObjectCalls<infer Model, infer _Queries, infer _Actions, infer _Row> ? Model : AnyModel

/** A query with parameters in place of values, or of whole lists and page sizes. */
export type QueryTemplate<Model extends AnyModel> = {
  readonly [Option in keyof TemplateOptions<Model>]?: Parametric<TemplateOptions<Model>[Option]>
} & {
  readonly select?: readonly (keyof Model['record'])[]
  readonly expand?: Model['expand']
}

type TemplateOptions<Model extends AnyModel> = Omit<ListQuery<Model>, 'select' | 'expand'>

type Parametric<Value> = Value extends string | number | boolean | Date | null | undefined
  ? Value | `$${string}`
  : Value extends readonly (infer Item)[]
    ? readonly Parametric<Item>[] | `$${string}`
    : { readonly [Key in keyof Value]: Parametric<Value[Key]> }

/** The parameters that a template names. */
export type NamesIn<Template> = Template extends string
  ? Template extends `$${infer Name}`
    ? Name extends `$${string}`
      ? never
      : Name
    : never
  : Template extends readonly (infer Item)[]
    ? NamesIn<Item>
    : Template extends object
      ? { [Key in keyof Template]: NamesIn<Template[Key]> }[keyof Template]
      : never

type TemplateRow<Model extends AnyModel, Template> = Result<
  Model,
  Template extends { readonly select: readonly (infer Field extends keyof Model['record'])[] } ? Field : never,
  Template extends { readonly expand: infer Expansion } ? Expansion : Model['expand'] & NotExpanded
>
