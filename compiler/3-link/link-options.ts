import type { FieldSyntax, OptionSyntax } from '../2-parse/syntax.ts'
import { diagnose } from '../diagnostics/diagnose.ts'
import type { FieldType } from '../ir/field-type.ts'
import { OPTION_TYPES } from './field-kinds.ts'
import type { Report } from './report.ts'

/** The options of a choice field: the first of each value, all values text as soon as one is. Undefined for other fields. */
export function linkOptions(field: FieldSyntax, type: FieldType, report: Report): readonly OptionSyntax[] | undefined {
  if (!OPTION_TYPES.has(type)) return undefined
  const options = withOneType(field, field.options ?? [], report)
  const optionByValue = new Map<string | number, OptionSyntax>()
  const duplicates = options.filter((option) => {
    const isDuplicate = optionByValue.has(option.value.value)
    if (!isDuplicate) optionByValue.set(option.value.value, option)
    return isDuplicate
  })
  reportDuplicates(field, duplicates, report)
  if (options.length === 0 && type !== 'tags') report(diagnose('link/no-options', field.name.span, { field: field.name.value, type }))
  return duplicates.length === 0 ? options : [...optionByValue.values()]
}

function withOneType(field: FieldSyntax, options: readonly OptionSyntax[], report: Report): readonly OptionSyntax[] {
  const numbers = options.filter((option) => typeof option.value.value === 'number')
  const [first] = numbers
  if (first === undefined || numbers.length === options.length) return options
  report(diagnose('link/mixed-options', first.value.span, { field: field.name.value }))
  return options.map((option) => ({ ...option, value: { value: String(option.value.value), span: option.value.span } }))
}

function reportDuplicates(field: FieldSyntax, [first, ...others]: readonly OptionSyntax[], report: Report): void {
  if (first === undefined) return
  const notes = others.map((option) => ({ message: `"${option.value.value}" is given again here.`, span: option.value.span }))
  report(diagnose('link/duplicate-option', first.value.span, { value: first.value.value, field: field.name.value }, { notes }))
}
