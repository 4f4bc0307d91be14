/**
 * Commands of the cache in Redis. A hash has a token for each name (tables, slots of their records), made anew by each write, and one ('*') for all; a set for each name has the writes
 * that are announced, by the time their announcement ends by itself. An answer stands behind the tokens that it was read under.
 */
export const SCRIPTS = {
  /** KEYS: tokens, answer, announcements of each name. ARGV: what new tokens begin with, '*', names. Gives the tokens, and the answer if it holds, with the milliseconds it has left; nothing while a write is announced. */
  cacheRead: `
local moment
for at = 3, #KEYS do
  if redis.call('EXISTS', KEYS[at]) == 1 then
    if not moment then
      local time = redis.call('TIME')
      moment = time[1] * 1000 + math.floor(time[2] / 1000)
    end
    redis.call('ZREMRANGEBYSCORE', KEYS[at], '-inf', moment)
    if redis.call('EXISTS', KEYS[at]) == 1 then return {} end
  end
end
local tokens = redis.call('HMGET', KEYS[1], unpack(ARGV, 2))
for at = 1, #tokens do
  if not tokens[at] then
    tokens[at] = ARGV[1] .. at
    redis.call('HSET', KEYS[1], ARGV[at + 1], tokens[at])
  end
end
local stamp = table.concat(tokens, '.')
local answer = redis.call('GET', KEYS[2])
if answer and string.sub(answer, 1, #stamp + 1) == stamp .. ' ' then return { stamp, string.sub(answer, #stamp + 2), redis.call('PTTL', KEYS[2]) } end
return { stamp }`,
  /** KEYS: tokens, announcements of each name. ARGV: token, name of the write, milliseconds, names. */
  cacheAnnounce: `
local time = redis.call('TIME')
local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
for at = 2, #KEYS do
  redis.call('HSET', KEYS[1], ARGV[at + 2], ARGV[1])
  redis.call('ZADD', KEYS[at], ends, ARGV[2])
  redis.call('PEXPIRE', KEYS[at], ARGV[3] * 2)
end
return 1`,
  /** KEYS: the same. ARGV: token, name of the write, milliseconds that tokens are kept, names. */
  cacheOver: `
for at = 2, #KEYS do
  redis.call('HSET', KEYS[1], ARGV[at + 2], ARGV[1])
  redis.call('ZREM', KEYS[at], ARGV[2])
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1`,
} as const
