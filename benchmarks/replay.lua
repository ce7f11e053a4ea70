-- Sends prepared HTTP requests in turn and prints what came of it as one line of JSON.
-- REPLAY_FILE holds the requests, a NUL after each; REPLAY_STATUS is the status that each must get;
-- REPLAY_DELAY is how many milliseconds a connection waits between an answer and its next request.

local expected = tonumber(os.getenv("REPLAY_STATUS"))
local prepared = {}
for request in assert(io.open(os.getenv("REPLAY_FILE"), "rb")):read("*a"):gmatch("%Z+") do
   prepared[#prepared + 1] = request
end

sent, unexpected = 0, 0
local threads = {}

function setup(thread)
   threads[#threads + 1] = thread
end

function request()
   sent = sent + 1
   return prepared[(sent - 1) % #prepared + 1]
end

local pause = tonumber(os.getenv("REPLAY_DELAY") or "0")
if pause > 0 then
   function delay()
      return pause
   end
end

-- wrk itself counts statuses from 400 on, and reads answers faster when it need not show them to us.
if expected >= 400 then
   function response(status)
      if status ~= expected then
         unexpected = unexpected + 1
      end
   end
end

function done(summary, latency)
   local errors = summary.errors
   local bad = errors.connect + errors.read + errors.write + errors.timeout
   local total = 0
   for _, thread in ipairs(threads) do
      bad = bad + thread:get("unexpected")
      total = total + thread:get("sent")
   end
   if expected < 400 then
      bad = bad + errors.status
   end
   io.write(string.format(
      '{"requests":%d,"sent":%d,"seconds":%.3f,"errors":%d,"p50":%.3f,"p95":%.3f,"p99":%.3f}\n',
      summary.requests, total, summary.duration / 1e6, bad,
      latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
