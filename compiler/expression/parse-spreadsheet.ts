import { type Grammar, parseInfix } from './parse-infix.ts'
import type { Syntax } from './syntax.ts'

const GRAMMAR: Grammar = {
  areWordsFolded: true,
  isProgrammer: false,
  binary: {
    or: ['or', 1],
    and: ['and', 2],
    '=': ['eq', 4],
    '==': ['eq', 4],
    '!=': ['ne', 4],
    '<>': ['ne', 4],
    '<': ['lt', 4],
    '<=': ['le', 4],
    '>': ['gt', 4],
    '>=': ['ge', 4],
    '&': ['join', 5],
    '+': ['+', 6],
    '-': ['-', 6],
    '*': ['*', 7],
    '/': ['/', 7],
    '%': ['%', 7],
    '^': ['power', 8],
  },
  prefix: { not: ['not', 3], '-': ['-', 9], '+': ['+', 9] },
}

/** `IF(amount > 0, amount / 2, 0) & ' EUR'`. A sign before a number binds tighter than `^`, as in spreadsheets. @throws ExpressionProblem */
export const parseSpreadsheet = (source: string): Syntax => parseInfix(source, GRAMMAR)
