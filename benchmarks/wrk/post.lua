-- Posts the JSON of the file that is named behind `--`.
init = function(arguments)
  local file = assert(io.open(arguments[1]))
  wrk.method = 'POST'
  wrk.headers['Content-Type'] = 'application/json'
  wrk.body = file:read('*a')
  file:close()
end
