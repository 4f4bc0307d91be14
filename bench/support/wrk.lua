-- Sends the requests of a file in rotation: wrk -s wrk.lua URL -- FILE. One request a line: METHOD, blank, path, tab, body.
local requests = {}
local position = 0

function init(args)
  for line in io.lines(args[1]) do
    local method, path, body = line:match("^(%u+) ([^\t]*)\t(.*)$")
    local headers = {}
    if body == "" then body = nil else headers["Content-Type"] = "application/json" end
    requests[#requests + 1] = wrk.format(method, path, headers, body)
  end
end

function request()
  position = position % #requests + 1
  return requests[position]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\nRESULT {"requests":%d,"seconds":%f,"failed":%d,"p50Us":%f,"p99Us":%f}\n',
    summary.requests, summary.duration / 1e6, errors.connect + errors.read + errors.write + errors.timeout + errors.status,
    latency:percentile(50), latency:percentile(99)))
end
