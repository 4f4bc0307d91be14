import { nearest } from '../diagnostics/suggest.ts'
import type { AppIr, ObjectIr } from '../ir/object.ts'
import { QuestionError } from './question.ts'
import type { QuestionLimits } from './question-limits.ts'

export interface QuestionRequest {
  /** What stands on the command line. */
  readonly text: string
  /** Name of the object, where the text does not say it. */
  readonly object?: string
  readonly app: AppIr
  readonly limits: QuestionLimits
  /** Prefix of the REST API. */
  readonly basePath: string
}

/** @throws QuestionError when no object is called so. */
export function objectNamed(name: string, { objects }: AppIr, text: string, offset: number | undefined): ObjectIr {
  const known = objects.find((object) => object.name === name)
  if (known) return known
  const guess = nearest(
    name,
    objects.map((object) => object.name),
  )
  throw new QuestionError({
    code: 'NOT_FOUND',
    message: `There is no object "${name.slice(0, 64)}".${guess === undefined ? '' : ` Did you mean "${guess}"?`}`,
    text,
    ...(offset === undefined ? {} : { offset }),
  })
}
