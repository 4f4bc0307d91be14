interface ValueByKind {
  readonly string: string | null
  readonly number: number | null
  readonly boolean: boolean | null
  readonly list: readonly unknown[] | null
  readonly any: unknown
}

type Kind = keyof ValueByKind

/** The fields of a record that a condition looks at. A value of another type, which validation refuses later, counts as none. */
export function valuesOf<const Kinds extends Readonly<Record<string, Kind>>>(
  record: Readonly<Record<string, unknown>> | undefined,
  kinds: Kinds,
): { readonly [Field in keyof Kinds]: ValueByKind[Kinds[Field]] } {
  const values: Record<string, unknown> = {}
  for (const field of Object.keys(kinds)) {
    const value = record !== undefined && Object.hasOwn(record, field) ? record[field] : null
    values[field] = fits(value, kinds[field] as Kind) ? value : null
  }
  return values as { readonly [Field in keyof Kinds]: ValueByKind[Kinds[Field]] }
}

function fits(value: unknown, kind: Kind): boolean {
  if (kind === 'any') return value !== undefined
  return kind === 'list' ? Array.isArray(value) : typeof value === kind
}
