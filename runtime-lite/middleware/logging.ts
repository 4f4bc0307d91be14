import type { Logger } from '../kernel/plugin.ts'
import type { DataMiddleware } from './middleware.ts'

export interface LoggingOptions extends Pick<DataMiddleware, 'on' | 'objects'> {
  readonly logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>
  /** Milliseconds from which an operation is told as a warning. Default 1,000. */
  readonly slowMs?: number
  /** Milliseconds. Default: `performance.now`. */
  readonly now?: () => number
}

/** Tells each operation with what it took: at level debug, slow ones as a warning, failed ones as an error with their status. No values of records. */
export function logging({ logger, slowMs = 1000, now = () => performance.now(), ...around }: LoggingOptions): DataMiddleware {
  return {
    name: 'logging',
    phase: 'outer',
    ...around,
    async execute(context, next) {
      const { object, method, id, userId } = context
      const started = now()
      const details = (): object => ({
        object,
        operation: method,
        id: context.id ?? id,
        user: userId,
        ms: Math.round((now() - started) * 100) / 100,
      })
      try {
        const result = await next()
        if (now() - started >= slowMs) logger.warn(`${object}.${method} was slow.`, details())
        else logger.debug(`${object}.${method}`, details())
        return result
      } catch (error) {
        const { status = 500 } = error as { readonly status?: number }
        // What clients did wrong is no failure of the application.
        const level = status < 500 ? 'info' : 'error'
        logger[level](`${object}.${method} failed.`, { ...details(), status, error })
        throw error
      }
    },
  }
}
