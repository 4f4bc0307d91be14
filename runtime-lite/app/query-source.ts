import { whenReady } from '../database/session.ts'
import type { QueryPlace, QuerySource } from '../kysely/open-kysely.ts'
import type { AppCore } from './app-core.ts'

/** Lets queries of `app.db` take part in whatever is going on: the transaction they are made in, or the open turn. */
export function createQuerySource(core: AppCore, transaction: QuerySource['transaction']): QuerySource {
  return {
    async place(): Promise<QueryPlace> {
      const scope = core.transactions?.current()
      if (scope) return { family: scope.database.dialect.name, run: (_isRead, work) => scope.run(() => work(scope.database.session)) }
      const { dialect, session, embedded } = await core.database()
      if (!embedded) return { family: dialect.name, run: async (_isRead, work) => work(session) }
      const { gate, turn } = embedded
      return {
        family: dialect.name,
        async run(isRead, work) {
          while (gate.isClosed(isRead)) await gate.pass(isRead)
          const result = work(session)
          if (!turn.isWriting) return result
          // What was written counts once the turn has committed.
          const committed = new Promise<void>((resolve, reject) => turn.afterCommit((error) => (error ? reject(error) : resolve())))
          const [answer] = await Promise.all([whenReady(result, (value) => value), committed])
          return answer
        },
      }
    },
    transaction,
  }
}
