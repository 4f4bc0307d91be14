import { CEL_FUNCTIONS } from './cel-functions.ts'
import type { ExpressionFunction } from './function-kit.ts'
import { JAVASCRIPT_FUNCTIONS } from './javascript-functions.ts'
import { SPREADSHEET_FUNCTIONS } from './spreadsheet-functions.ts'
import type { Dialect } from './syntax.ts'

/** The functions of a dialect by name. */
export const FUNCTIONS: Readonly<Record<Dialect, Readonly<Record<string, ExpressionFunction>>>> = {
  spreadsheet: SPREADSHEET_FUNCTIONS,
  cel: CEL_FUNCTIONS,
  javascript: JAVASCRIPT_FUNCTIONS,
}
