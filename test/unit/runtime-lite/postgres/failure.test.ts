import { describe, expect, test } from 'vitest'
import { ConnectionLost } from '../../../../runtime-lite/postgres/connection.ts'
import { isLost, isStalePlan, isTransient, toFailure } from '../../../../runtime-lite/postgres/postgres-failure.ts'

const serverError = (code: string, more: object = {}): Error => Object.assign(new Error('refused'), { code, severity: 'ERROR', ...more })
const kindOf = (code: string, more?: object, sql = ''): string => toFailure(serverError(code, more), sql).kind
const columnsOf = (detail: string | undefined) => toFailure(serverError('23505', { detail, constraint: 'key' }), '').columns

describe('what the server says', () => {
  test.each([
    ['unique', ['23505', '23P01']],
    ['conflict', ['40001', '40P01']],
    ['timeout', ['57014', '25P03']],
    ['busy', ['53300', '53200', '55P03']],
    ['connection', ['57P01', '57P02', '57P03', '08006']],
    ['value', ['22001', '22003', '22P02', '22P05', '22021', '22012', '22008', '23502', '23514', '54000']],
    ['other', ['42P01', '0A000', '42601', 'XX000']],
  ])('is called %s', (kind, codes) => {
    for (const code of codes) expect([code, kindOf(code)]).toEqual([code, kind])
  })

  test('tells both ends of a reference apart, in any language of the server', () => {
    expect(kindOf('23503', { message: 'insert or update on table "part" violates foreign key constraint "k"' })).toBe('reference')
    expect(kindOf('23503', { message: 'update or delete on table "item" violates foreign key constraint "k" on table "part"' })).toBe(
      'in-use',
    )
    expect(kindOf('23503', { message: 'Aktualisieren oder Löschen in Tabelle »item« verletzt …' }, ' delete from item where id = $1')).toBe(
      'in-use',
    )
    expect(kindOf('23503', { message: 'Einfügen oder Aktualisieren in Tabelle »part« verletzt …' }, 'insert into part values ($1)')).toBe(
      'reference',
    )
    expect(kindOf('23001')).toBe('in-use')
  })

  test('names the columns of a key, and never what clients wrote', () => {
    expect(columnsOf('Key (email)=(a@b.c) already exists.')).toEqual(['email'])
    expect(columnsOf('Schlüssel »(email, "Re""gion, x")=(a, )=(b)« existiert bereits.')).toEqual(['email', 'Re"gion, x'])
    expect(columnsOf('Key (straße, _2$)=((a)=(b)) already exists.')).toEqual(['straße', '_2$'])
    expect(columnsOf('Key (lower(email))=((x)=(y)) already exists.')).toBeUndefined()
    expect(columnsOf(undefined)).toBeUndefined()
    expect(toFailure(serverError('23505', { constraint: 'key' }), '').constraint).toBe('key')
  })

  test('says which failures pass by themselves', () => {
    for (const code of ['57P01', '57P03', '53300', '08006']) expect(isTransient(serverError(code))).toBe(true)
    for (const code of ['28P01', '3D000', '42501']) expect(isTransient(serverError(code))).toBe(false)
    const lost = (code?: string) => new ConnectionLost('lost', Object.assign(new Error('x'), code === undefined ? {} : { code }))
    for (const code of ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', undefined]) expect(isTransient(lost(code))).toBe(true)
    for (const code of ['SELF_SIGNED_CERT_IN_CHAIN', 'ERR_TLS_CERT_ALTNAME_INVALID']) expect(isTransient(lost(code))).toBe(false)
    expect(isTransient(new TypeError('a bug'))).toBe(false)
    expect([isLost(lost()), isLost(serverError('57P01')), isLost(serverError('25P03')), isLost(serverError('23505'))]).toEqual([
      true,
      true,
      true,
      false,
    ])
  })

  test('knows a stale plan', () => {
    expect(isStalePlan(serverError('0A000', { routine: 'RevalidateCachedQuery' }))).toBe(true)
    expect(isStalePlan(serverError('26000'))).toBe(true)
    expect(isStalePlan(serverError('0A000', { routine: 'elsewhere' }))).toBe(false)
  })
})
