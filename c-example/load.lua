-- Deliveries for wrk, each one different and signed as it is sent.
--
-- Date is nearly as old as the receiver takes it: within two seconds a delivery can no longer be
-- replayed, and its place in the replay guard is free again.
local ffi = require("ffi")

ffi.cdef [[
typedef struct { uint64_t opaque[12]; } hooksig_key;
typedef struct { char date[30], digest[53], signature[120]; } hooksig_delivery_headers;
int hooksig_key_init(hooksig_key *, const char *, size_t);
int hooksig_delivery_sign(const hooksig_key *, const char *, size_t, int64_t, hooksig_delivery_headers *);
]]

local hooksig = ffi.load(os.getenv("HOOKSIG_LIBRARY"))
local key = ffi.new("hooksig_key")
local sent = ffi.new("hooksig_delivery_headers")
local threads = 0
local count = 0

function setup(thread)
    thread:set("thread_index", threads)
    threads = threads + 1
end

function init()
    local secret = os.getenv("DRONE_WEBHOOK_SECRET")
    assert(hooksig.hooksig_key_init(key, secret, #secret) == 0)
    local file = assert(io.open(os.getenv("BODY")))
    body = file:read("*a")
    file:close()
end

function request()
    count = count + 1
    -- White space behind the object makes each body different and changes nothing in it.
    local unique = string.format("%s%12d%4d", body, count, thread_index)
    assert(hooksig.hooksig_delivery_sign(key, unique, #unique, os.time() - 299, sent) == 0)
    return wrk.format("POST", nil, {
        ["Date"] = ffi.string(sent.date),
        ["Digest"] = ffi.string(sent.digest),
        ["Signature"] = ffi.string(sent.signature),
        ["X-Drone-Event"] = "user",
    }, unique)
end
