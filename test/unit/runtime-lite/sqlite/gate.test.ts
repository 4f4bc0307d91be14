import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { ObjectQLError } from '../../../../runtime-lite/problem/problem.ts'
import { createGate } from '../../../../runtime-lite/sqlite/gate.ts'

const never = new AbortController().signal

describe('the gate before an embedded database', () => {
  test('nobody waits while no transaction is open', async () => {
    const gate = createGate()
    expect([gate.held, gate.isClosed(true), gate.isClosed(false)]).toEqual(['none', false, false])
    await gate.pass(false)
  })

  test('who comes first goes first; writers between two transactions run in a turn of their own', async () => {
    const gate = createGate()
    const order: string[] = []
    const open = await gate.hold('writes', never)
    expect([gate.isClosed(true), gate.isClosed(false)]).toEqual([false, true])
    const first = gate.pass(false).then(() => order.push('writer 1'))
    const second = gate.hold('writes', never).then((release) => {
      order.push('transaction')
      return release
    })
    const third = gate.pass(false).then(() => order.push('writer 2'))
    open()
    await first
    expect([order, gate.held]).toEqual([['writer 1'], 'none'])
    const release = await second
    expect(order).toEqual(['writer 1', 'transaction'])
    release()
    release()
    await third
    expect([order.at(-1), gate.held]).toEqual(['writer 2', 'none'])
  })

  test('a transaction in memory keeps readers out, too', async () => {
    const gate = createGate()
    const open = await gate.hold('all', never)
    let isIn = false
    const reader = gate.pass(true).then(() => {
      isIn = true
    })
    await nextTurn()
    expect([gate.isClosed(true), isIn]).toEqual([true, false])
    open()
    await reader
  })

  test('who waits too long, or behind too many, is refused', async () => {
    const gate = createGate({ maxWaiting: 1, timeout: 10 })
    const open = await gate.hold('writes', never)
    const refused = expect(gate.pass(false)).rejects.toMatchObject({ status: 503, message: expect.stringContaining('for too long') })
    await expect(gate.pass(false)).rejects.toMatchObject({ status: 503, message: expect.stringContaining('Too many') })
    await refused
    const controller = new AbortController()
    const waiting = gate.hold('writes', controller.signal)
    controller.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    await expect(gate.hold('writes', controller.signal)).rejects.toThrow('gone')
    open()
    expect(gate.held).toBe('none')
    ;(await gate.hold('writes', never))()
  })

  test('closing refuses everybody who waits', async () => {
    const gate = createGate()
    await gate.hold('all', never)
    const waiting = [gate.pass(true), gate.pass(false), gate.hold('writes', never)]
    gate.close(new ObjectQLError(503, 'UNAVAILABLE', 'The database is closed.'))
    for (const one of waiting) await expect(one).rejects.toThrow('closed')
  })
})
