import type { RequestContext, RequestUser } from '../context/request-context.ts'

/** The user in the words of hooks that know a session. */
export interface HookSession {
  readonly userId: string
  readonly tenantId: string | undefined
  readonly organizationId: string | undefined
  readonly spaceId: string | undefined
  readonly roles: readonly string[]
  readonly accessToken: unknown
}

export function sessionOf(user: RequestUser | undefined): HookSession | undefined {
  if (!user) return undefined
  const { id, spaceId, roles = [] } = user
  const text = (name: string): string | undefined => (typeof user[name] === 'string' ? user[name] : undefined)
  const tenantId = text('tenantId') ?? spaceId
  return { userId: id, tenantId, organizationId: text('organizationId') ?? tenantId, spaceId, roles, accessToken: user['accessToken'] }
}

/** What actions are told about who calls them. */
export const askedBy = (context: RequestContext | undefined) => ({
  user: context?.user,
  session: sessionOf(context?.user),
  userId: context?.user?.id,
  spaceId: context?.user?.spaceId,
  roles: context?.user?.roles ?? [],
  isSystem: context?.isSystem === true,
})
