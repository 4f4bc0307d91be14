/** What the schema says about an object, as plain data: labels for forms and tables, options, and whatever else its author wrote. */
export interface ObjectMetadata {
  readonly type: 'object'
  readonly name: string
  readonly label: string
  readonly pluralLabel: string
  readonly description?: string
  /** Field that names a record. */
  readonly nameField?: string
  readonly fields: { readonly [name: string]: FieldMetadata }
  readonly [attribute: string]: unknown
}

export interface FieldMetadata {
  readonly type: string
  readonly label: string
  readonly description?: string
  readonly required?: boolean
  readonly options?: readonly OptionMetadata[]
  /** Object a lookup points at. */
  readonly reference?: string
  readonly [attribute: string]: unknown
}

export interface OptionMetadata {
  readonly value: string | number
  readonly label: string
  readonly [attribute: string]: unknown
}
