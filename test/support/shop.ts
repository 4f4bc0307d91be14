import type { NumberPartIr } from '../../compiler/ir/kept.ts'
import type { AppIr } from '../../compiler/ir/object.ts'
import { appIr, objectIr } from './ir.ts'

const text = (words: string): NumberPartIr => ({ kind: 'text', text: words })

/** Shops with orders with lines: numbers, roll-ups, roll-ups of roll-ups, and every way in which a record goes. */
export const shopApp = (): AppIr =>
  appIr([
    objectIr({
      name: 'shop',
      children: [
        { name: 'orders', object: 'order', field: 'shop' },
        { name: 'shops', object: 'shop', field: 'parent' },
      ],
      fields: {
        name: 'text',
        parent: { type: 'lookup', reference: { object: 'shop', onDelete: 'set-null' } },
        branches: {
          type: 'summary',
          value: { kind: 'number', isInteger: true },
          summary: { object: 'shop', through: 'parent', function: 'count' },
        },
        turnover: {
          type: 'summary',
          value: { kind: 'number', isInteger: false, scale: 2 },
          summary: { object: 'order', through: 'shop', function: 'sum', field: 'total', filter: { status: { $ne: 'draft' } } },
        },
        orders_count: {
          type: 'summary',
          value: { kind: 'number', isInteger: true },
          summary: { object: 'order', through: 'shop', function: 'count' },
        },
        last_order: {
          type: 'summary',
          value: { kind: 'date' },
          summary: { object: 'order', through: 'shop', function: 'max', field: 'ordered_on' },
        },
      },
    }),
    objectIr({
      name: 'order',
      children: [{ name: 'lines', object: 'line', field: 'order' }],
      fields: {
        number: {
          type: 'autonumber',
          isUnique: true,
          value: { kind: 'string' },
          autonumber: { before: [text('O-'), { kind: 'field', name: 'status' }, text('-')], after: [text('/X')], width: 3 },
        },
        shop: { type: 'lookup', reference: { object: 'shop', onDelete: 'set-null' } },
        status: {
          type: 'select',
          value: { kind: 'option', base: 'string', isOpen: true, options: [] },
          default: { kind: 'literal', value: 'draft' },
        },
        ordered_on: 'date',
        note: 'text',
        total: {
          type: 'summary',
          value: { kind: 'number', isInteger: false, scale: 2 },
          summary: { object: 'line', through: 'order', function: 'sum', field: 'amount' },
        },
        smallest: {
          type: 'summary',
          value: { kind: 'number', isInteger: false, scale: 2 },
          summary: { object: 'line', through: 'order', function: 'min', field: 'amount' },
        },
        average: {
          type: 'summary',
          value: { kind: 'number', isInteger: false },
          summary: { object: 'line', through: 'order', function: 'avg', field: 'amount', filter: { amount: { $gt: 5 } } },
        },
      },
    }),
    objectIr({
      name: 'product',
      children: [{ name: 'lines', object: 'line', field: 'product' }],
      fields: {
        code: { type: 'text', isUnique: true },
        sold: {
          type: 'summary',
          value: { kind: 'number', isInteger: true },
          summary: { object: 'line', through: 'product', function: 'count', filter: [['amount', '>', 10]] },
        },
      },
    }),
    objectIr({
      name: 'line',
      fields: {
        order: { type: 'master_detail', reference: { object: 'order', onDelete: 'cascade' } },
        product: { type: 'lookup', reference: { object: 'product', onDelete: 'cascade' } },
        amount: { type: 'currency', value: { kind: 'number', isInteger: false, scale: 2 } },
        note: 'text',
        position: {
          type: 'autonumber',
          isUnique: true,
          value: { kind: 'string' },
          autonumber: { before: [], after: [], width: 4, start: 100 },
        },
      },
    }),
  ])
