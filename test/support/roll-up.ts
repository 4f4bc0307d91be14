type Row = Readonly<Record<string, unknown>>

/** The roll-ups of the shop, worked out from nothing but the records there are: slow, and as one would say it. */
export function shopTotals(tables: Readonly<Record<'shop' | 'order' | 'product' | 'line', readonly Row[]>>): readonly Row[] {
  const amounts = (rows: readonly Row[]): number[] => rows.flatMap(({ amount }) => (amount === null ? [] : [Number(amount)]))
  const sum = (values: readonly number[]): number => Number(values.reduce((total, value) => total + value, 0).toFixed(2))
  const orders = tables.order.map((order) => {
    const lines = tables.line.filter((line) => line['order'] === order['id'])
    const large = amounts(lines).filter((amount) => amount > 5)
    return {
      id: order['id'],
      shop: order['shop'],
      status: order['status'],
      ordered_on: order['ordered_on'],
      total: sum(amounts(lines)),
      smallest: amounts(lines).length === 0 ? null : Math.min(...amounts(lines)),
      average: large.length === 0 ? null : sum(large) / large.length,
    }
  })
  const shops = tables.shop.map((shop) => {
    const own = orders.filter((order) => order.shop === shop['id'])
    const days = own.flatMap(({ ordered_on }) => (ordered_on === null ? [] : [String(ordered_on)]))
    return {
      id: shop['id'],
      branches: tables.shop.filter(({ parent }) => parent === shop['id']).length,
      turnover: sum(own.filter(({ status }) => status !== 'draft').map(({ total }) => total)),
      orders_count: own.length,
      last_order: days.sort().at(-1) ?? null,
    }
  })
  const products = tables.product.map(({ id }) => ({
    id,
    sold: amounts(tables.line.filter((line) => line['product'] === id)).filter((amount) => amount > 10).length,
  }))
  return [...orders, ...shops, ...products]
}
