import { LuaScript } from '../lua-script.ts';

/*
 * How a cache stands in Redis. All keys but those of the contents are on one node, so that every change is one step:
 *
 * state    a hash: `epoch`, a random text of those who began it; `seq`, how many purges there were; `bytes`
 * log      a list: the last purges, as JSON
 * ids      sorted by text: `hash of the key/id of the content`, one for each answer
 * answers  a hash: id → `codings bytes chunks variant coding seq softened-at`, and the description as JSON in the second line
 * order    sorted by when an answer was last asked for: the first go first
 * ends     sorted by when an answer is of no more use
 * urls     sorted by text: `URL NUL id`
 * tags     sorted by text: `tag NUL id`
 *
 * Every script first gets the position in the log up to which the caller knows the purges, and first answers what happened since:
 * `epoch, seq, answers, bytes, purges`, where purges is `lost` if they cannot be told, and `behind` if Redis has lost purges that the caller knows.
 */
const prelude = `
local state, log, ids, answers, order, ends, urls, tags = unpack(KEYS)
local fresh_epoch, known_epoch, known_seq = ARGV[1], ARGV[2], tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local epoch = redis.call('HGET', state, 'epoch')
if not epoch then
  redis.call('DEL', unpack(KEYS))
  redis.call('HSET', state, 'epoch', fresh_epoch, 'seq', 0, 'bytes', 0)
  epoch = fresh_epoch
end
local seq = tonumber(redis.call('HGET', state, 'seq'))
local function purges_since()
  if known_epoch ~= epoch then return 'lost' end
  local count = seq - known_seq
  if count == 0 then return {} end
  if count < 0 then return 'behind' end
  if count > redis.call('LLEN', log) then return 'lost' end
  return redis.call('LRANGE', log, -count, -1)
end
local function reply(...)
  return {epoch, seq, redis.call('ZCARD', ids), redis.call('HGET', state, 'bytes') or '0', purges_since(), ...}
end
local function read(id)
  local text = redis.call('HGET', answers, id)
  if not text then return nil end
  local codings, bytes, chunks, variant, coding, at, soft, json =
    string.match(text, '^(%d+) (%d+) (%d+) (%S+) (%S+) (%d+) (%d+)\\n(.*)$')
  return {id = id, codings = tonumber(codings), bytes = tonumber(bytes), chunks = chunks, variant = variant, coding = coding,
    at = tonumber(at), soft = soft, json = json}
end
local function write(answer)
  redis.call('HSET', answers, answer.id, string.format('%d %d %d %s %s %d %d', answer.codings, answer.bytes, answer.chunks,
    answer.variant, answer.coding, answer.at, answer.soft) .. '\\n' .. answer.json)
end
local function url_of(meta)
  if meta.url == '' then return meta.key end
  return meta.url
end
local function index(id, meta)
  redis.call('ZADD', urls, 0, url_of(meta) .. '\\0' .. id)
  for _, tag in ipairs(meta.tags) do redis.call('ZADD', tags, 0, tag .. '\\0' .. id) end
end
local function unindex(id, meta)
  redis.call('ZREM', urls, url_of(meta) .. '\\0' .. id)
  for _, tag in ipairs(meta.tags) do redis.call('ZREM', tags, tag .. '\\0' .. id) end
end
local removed = {}
local function remove(id)
  local answer = read(id)
  redis.call('ZREM', ids, id)
  redis.call('ZREM', order, id)
  redis.call('ZREM', ends, id)
  if not answer then return end
  unindex(id, cjson.decode(answer.json))
  redis.call('HDEL', answers, id)
  redis.call('HINCRBY', state, 'bytes', -answer.bytes)
  removed[#removed + 1] = id .. ' ' .. answer.chunks
end
local function of_key(key)
  return redis.call('ZRANGEBYLEX', ids, '[' .. key .. '/', '(' .. key .. '0')
end
`;

const script = (body: string): LuaScript => new LuaScript(prelude + body);

/** Asks only for the purges. */
export const sinceScript: LuaScript = script('return reply()');

/** `hash of the key` → `id, answer …`. An answer that is asked for is marked as used, at most once in a minute. */
export const getScript: LuaScript = script(`
local found = {}
for _, id in ipairs(of_key(ARGV[4])) do
  local text = redis.call('HGET', answers, id)
  if text then
    found[#found + 1] = id
    found[#found + 1] = text
    if now - tonumber(redis.call('ZSCORE', order, id) or 0) > 60000 then redis.call('ZADD', order, now, id) end
  end
end
return reply(found)
`);

/**
 * `hash of the key, id, codings, bytes, chunks, variant, coding, life, most bytes, description` → `whether it was stored, removed …`. An answer is not stored if
 * it was purged after the position that the caller knew when it began. It replaces the one with its variant and coding, as `EntryTable` of the cache does.
 */
export const commitScript: LuaScript = script(`
local key, id, codings, bytes, chunks, variant, coding, life, most, json =
  ARGV[4], ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9], ARGV[10], tonumber(ARGV[11]), tonumber(ARGV[12]), ARGV[13]
local meta = cjson.decode(json)
local purges = purges_since()
local function is_about(purge)
  if purge.all then return true end
  if purge.tag then
    for _, tag in ipairs(meta.tags) do if tag == purge.tag then return true end end
    return false
  end
  local url = url_of(meta)
  if purge.url then return url == purge.url end
  return string.sub(url, 1, #purge.prefix) == purge.prefix
end
if type(purges) == 'string' or bytes > most then return reply(0, removed) end
for _, text in ipairs(purges) do
  if is_about(cjson.decode(text)) then return reply(0, removed) end
end
local others = of_key(key)
if #others >= 64 then remove(others[1]) end
for _, other in ipairs(others) do
  local answer = read(other)
  if answer and answer.variant == variant then
    if answer.coding == coding then
      codings = bit.bor(codings, answer.codings)
      remove(other)
    else
      answer.codings = bit.band(answer.codings, bit.bnot(codings))
      write(answer)
    end
  end
end
write({id = id, codings = codings, bytes = bytes, chunks = chunks, variant = variant, coding = coding, at = seq, soft = 0, json = json})
redis.call('ZADD', ids, 0, id)
redis.call('ZADD', order, now, id)
redis.call('ZADD', ends, now + life, id)
redis.call('HINCRBY', state, 'bytes', bytes)
index(id, meta)
for _, old in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', now, 'LIMIT', 0, 50)) do remove(old) end
for _ = 1, 1000 do
  if tonumber(redis.call('HGET', state, 'bytes')) <= most then break end
  local first = redis.call('ZRANGE', order, 0, 0)[1]
  if not first then break end
  remove(first)
end
return reply(1, removed)
`);

/** `id, life, description` → whether the answer is still there. */
export const updateScript: LuaScript = script(`
local answer = read(ARGV[4])
if not answer then return reply(0) end
unindex(answer.id, cjson.decode(answer.json))
answer.json = ARGV[6]
answer.soft = 0
write(answer)
index(answer.id, cjson.decode(answer.json))
redis.call('ZADD', ends, now + tonumber(ARGV[5]), answer.id)
return reply(1)
`);

/** How many answers one step of a purge looks at: Redis does nothing else meanwhile. */
export const purgeStep = 500;

/**
 * `kind, text, soft, the purge as JSON, channel, seq of the purge, cursor` → `seq of the purge, cursor, how many, removed …`. The first step (cursor empty) puts the purge
 * into the log and tells all who listen. The last one answers an empty cursor. What is stored after the first step stays.
 */
export const purgeScript: LuaScript = script(`
local kind, text, soft, json, channel, at, cursor = ARGV[4], ARGV[5], ARGV[6] == '1', ARGV[7], ARGV[8], tonumber(ARGV[9]), ARGV[10]
if cursor == '' then
  seq = redis.call('HINCRBY', state, 'seq', 1)
  at = seq
  redis.call('RPUSH', log, json)
  redis.call('LTRIM', log, -1000, -1)
  redis.call('PUBLISH', channel, epoch .. ' ' .. seq .. ' ' .. json)
end
local from, to = '-', '+'
if kind == 'prefix' then from, to = '[' .. text, '[' .. text .. '\\255' end
if kind == 'url' or kind == 'tag' then from, to = '[' .. text .. '\\0', '(' .. text .. '\\1' end
if cursor ~= '' then from = '(' .. cursor end
local members = redis.call('ZRANGEBYLEX', kind == 'tag' and tags or urls, from, to, 'LIMIT', 0, ${purgeStep})
local count = 0
for _, member in ipairs(members) do
  local id = string.match(member, '([^%z]*)$')
  local answer = read(id)
  if answer and answer.at < at then
    count = count + 1
    if soft then
      answer.soft = now
      write(answer)
    else
      remove(id)
    end
  end
end
return reply(at, #members == ${purgeStep} and members[#members] or '', count, removed)
`);
