interface Call {
  readonly data: { note?: string | null }
  readonly record: { readonly amount?: number | null }
  readonly from: string | null
}

export const remember = {
  handler: ({ data, from }: Call): void => {
    data.note = from
  },
}

export const check = { handler: ({ record }: Call): boolean => (record.amount ?? 0) > 0 }
