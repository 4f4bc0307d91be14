import { expect, test } from 'vitest'
import { createApp } from '../../generated/index.ts'

test('the sample application is numbered and summed up, seeds included', async () => {
  const app = await createApp()
  try {
    await app.seed()
    const account = await app.objects.account.get('acc-001')
    expect(account).toMatchObject({ number: 'A-00001', open_pipeline: 92_400, ticket_count: 1 })
    // The total of the lines is one of a formula.
    expect(await app.objects.opportunity.get('opp-003')).toMatchObject({ lines_total: 12_900 })
    await app.objects.opportunity_line.update('opl-004', { quantity: 2 })
    expect(await app.objects.opportunity.get('opp-003')).toMatchObject({ lines_total: 21_800 })
    await app.objects.opportunity_line.delete('opl-005')
    expect(await app.objects.opportunity.get('opp-003')).toMatchObject({ lines_total: 17_800 })
    await app.objects.account.update('acc-001', { status: 'dormant' })
    expect(await app.objects.account.history('acc-001')).toMatchObject([{ field: 'status', new: 'dormant', by: null }])
    expect(await app.rebuildSummaries()).toBe(0)
  } finally {
    await app.close()
  }
})
