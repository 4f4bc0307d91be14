/** What a query compares with that the caller does not give: the time of the request, or something about whoever asks. */
export type ContextValue = 'today' | 'now' | 'current_user' | `current_user.${string}`

const SPELLINGS: Readonly<Record<string, ContextValue>> = {
  today: 'today',
  TODAY: 'today',
  now: 'now',
  NOW: 'now',
  current_user: 'current_user',
  currentUser: 'current_user',
  user: 'current_user',
}

/** `current_user.region` of `$current_user.region`, in any spelling; undefined for other names. */
export function contextValue(name: string): ContextValue | undefined {
  const [first = '', ...path] = name.split('.')
  const root = Object.hasOwn(SPELLINGS, first) ? SPELLINGS[first] : undefined
  if (path.length === 0) return first === 'user' ? undefined : root
  return root === 'current_user' ? (path.join('.') === 'id' ? root : `${root}.${path.join('.')}`) : undefined
}
