-- Sixteen requests in one write. wrk counts every answer.
local requests

init = function()
  requests = string.rep(wrk.format(), 16)
end

request = function()
  return requests
end
