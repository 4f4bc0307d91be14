import type { RelatedLookup, RelatedPlan } from './related-plan.ts'

/** What several look at, so that it is read once for all of them. Undefined: nothing. */
export function mergeRelated(plans: readonly RelatedPlan[]): RelatedPlan | undefined {
  const [first, ...more] = plans
  if (!first || more.length === 0) return first
  const names = [...new Set(plans.flatMap((plan) => Object.keys(plan)))].sort()
  return Object.fromEntries(
    names.map((name): [string, RelatedLookup] => {
      const lookups = plans.map((plan) => plan[name]).filter((lookup) => lookup !== undefined)
      const below = mergeRelated(lookups.map((lookup) => lookup.below).filter((one) => one !== undefined))
      const fields = [...new Set(lookups.flatMap((lookup) => lookup.fields))].sort()
      return [name, { object: lookups[0]?.object ?? '', fields, ...(below ? { below } : {}) }]
    }),
  )
}
