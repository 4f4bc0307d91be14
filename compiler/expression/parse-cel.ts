import { type Grammar, parseInfix } from './parse-infix.ts'
import type { Syntax } from './syntax.ts'

const GRAMMAR: Grammar = {
  areWordsFolded: false,
  isProgrammer: true,
  binary: {
    '||': ['or', 1],
    '&&': ['and', 2],
    '==': ['eq', 4],
    '!=': ['ne', 4],
    '<': ['lt', 4],
    '<=': ['le', 4],
    '>': ['gt', 4],
    '>=': ['ge', 4],
    in: ['in', 4],
    '+': ['+', 6],
    '-': ['-', 6],
    '*': ['*', 7],
    '/': ['/', 7],
    '%': ['%', 7],
  },
  prefix: { '!': ['not', 9], '-': ['-', 9] },
}

/** `record.close_date == null ? 0 : daysBetween(today(), record.close_date)`. @throws ExpressionProblem */
export const parseCel = (source: string): Syntax => parseInfix(source, GRAMMAR)
