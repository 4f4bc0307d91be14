export const checkVat = ({ value }: { value: unknown }): boolean => String(value).startsWith('DE')

export default { 'limits.within': ({ record }: { record: { amount?: number } }): boolean => (record.amount ?? 0) < 100 }
