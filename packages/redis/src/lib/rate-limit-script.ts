import { LuaScript } from './lua-script.ts';

/**
 * The algorithms of `@windhover/rate-limit` as one step in Redis, by the clock of Redis, so that servers whose clocks differ agree. The state
 * of a key is a text of up to three numbers, which ends when it means the same as none.
 *
 * Answers `{allowed, remaining, reset, retry after, ahead}`, times in microseconds.
 */
export const rateLimitScript: LuaScript = new LuaScript(`
local algorithm, requests, per, burst, counts_refused, cost =
  ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5] == '1', tonumber(ARGV[6])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local a, b, c = 0, 0, 0
local kept = redis.call('GET', KEYS[1])
if kept then
  local words = {}
  for word in string.gmatch(kept, '%S+') do
    local number = tonumber(word)
    words[#words + 1] = number and number >= 0 and number < 1e15 and number or 0
  end
  a, b, c = words[1] or 0, words[2] or 0, words[3] or 0
end
local function keep(life, ...)
  local words = {}
  for index, number in ipairs({...}) do words[index] = string.format('%.17g', number) end
  redis.call('SET', KEYS[1], table.concat(words, ' '), 'PX', math.max(1, math.ceil(life)))
end
local function answer(allowed, remaining, reset, retry, ahead)
  local function micros(ms) return math.ceil(math.max(0, ms) * 1000) end
  return {allowed and 1 or 0, math.max(0, math.floor(remaining)), micros(reset), micros(retry), micros(ahead)}
end
if algorithm == 'token-bucket' then
  local interval = per / requests
  local depth = burst * interval
  if a - now > depth + 1 then a = 0 end -- the clock was set back, or somebody else wrote it
  local before = math.max(a, now)
  local after = before + cost * interval
  local allowed = after - now <= depth + 0.001
  if allowed and cost > 0 then keep(after - now, after) end
  if cost < 0 then
    if after > now then keep(after - now, after) else redis.call('DEL', KEYS[1]) end
  end
  local full = allowed and after or before
  return answer(allowed, (now + depth - full + 0.001) / interval, full - now,
    allowed and 0 or after - depth - now, allowed and before - now or 0)
elseif algorithm == 'fixed-window' then
  if now - a >= per or now < a then a, b = now, 0 end
  local allowed = b + cost <= requests
  if allowed or counts_refused then b = b + cost end
  if cost > 0 then keep(a + per - now, a, b) end
  local reset = b == 0 and 0 or a + per - now
  return answer(allowed, requests - b, reset, allowed and 0 or reset, 0)
else
  if a == 0 or now < a or now - a >= 2 * per then a, b, c = now, 0, 0
  elseif now - a >= per then a, b, c = a + per, 0, b end
  local used = c * (1 - (now - a) / per) + b
  local allowed = used + cost <= requests
  local counted = (allowed or counts_refused) and cost or 0
  b = b + counted
  if cost > 0 then keep(a + 2 * per - now, a, b, c) end
  local reset = b > 0 and a + 2 * per - now or (c > 0 and a + per - now or 0)
  local retry = 0
  if not allowed then
    local room = requests - cost
    if b <= room and c > 0 then retry = a + per * (1 - (room - b) / c) - now
    else
      local share = b == 0 and 0 or math.max(0, 1 - math.max(0, room) / b)
      retry = a + per + per * share - now
    end
    retry = math.max(retry, 0.001)
  end
  return answer(allowed, requests - used - counted, reset, retry, 0)
end
`);
