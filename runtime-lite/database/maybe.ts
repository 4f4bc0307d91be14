import type { Maybe } from './session.ts'

/** Does one after the other. As long as nothing has to wait, no promise is made. */
export function inOrder<Item, Result>(items: readonly Item[], work: (item: Item, index: number) => Maybe<Result>): Maybe<Result[]> {
  const results: Result[] = []
  const goOn = (start: number): Maybe<Result[]> => {
    for (let index = start; index < items.length; index++) {
      const result = work(items[index] as Item, index)
      if (result instanceof Promise)
        return result.then((value) => {
          results.push(value)
          return goOn(index + 1)
        })
      results.push(result)
    }
    return results
  }
  return goOn(0)
}

/** `try … catch` around work that may or may not have to wait. */
export function recovering<Result>(work: () => Maybe<Result>, recover: (error: unknown) => Maybe<Result>): Maybe<Result> {
  let result: Maybe<Result>
  try {
    result = work()
  } catch (error) {
    return recover(error)
  }
  return result instanceof Promise ? result.catch(recover) : result
}
