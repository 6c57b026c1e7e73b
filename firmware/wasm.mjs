// Verifies a recorded delivery with the WebAssembly module, and refuses it with another body:
//
//     node wasm.mjs hooksig.wasm delivery.http SECRET UNIX_SECONDS
import { readFileSync } from "node:fs";

const [modulePath, deliveryPath, secret, now] = process.argv.slice(2);
const bytes = readFileSync(modulePath);
const module = new WebAssembly.Module(bytes);
const imports = WebAssembly.Module.imports(module);
if (imports.length > 0) {
    throw new Error(`the module needs ${imports.map(({ name }) => name)}`);
}
const hooksig = new WebAssembly.Instance(module).exports;

const header = readFileSync(new URL("../include/hooksig.h", import.meta.url), "utf8");
const KEY_LEN = 8 * Number(header.match(/define HOOKSIG_KEY_WORDS (\d+)/)[1]);
const VERIFIED_LEN = 64;
const RECEIVER_LEN = 40;

// Memory after the module's own is free for the caller.
let free = hooksig.__heap_base.value;

function take(len) {
    const at = (free + 7) & ~7;
    free = at + len;
    const missing = free - hooksig.memory.buffer.byteLength;
    if (missing > 0) {
        hooksig.memory.grow(Math.ceil(missing / 65536));
    }
    return at;
}

function put(octets) {
    const at = take(octets.length);
    new Uint8Array(hooksig.memory.buffer).set(octets, at);
    return [at, octets.length];
}

function text(at) {
    const octets = new Uint8Array(hooksig.memory.buffer, at);
    return new TextDecoder().decode(octets.slice(0, octets.indexOf(0)));
}

const delivery = readFileSync(deliveryPath);
const end = delivery.indexOf("\r\n\r\n") + 4;
const head = put(delivery.subarray(0, end));
const body = put(delivery.subarray(end));
const key = take(KEY_LEN);
const verified = take(VERIFIED_LEN);
const receiver = take(RECEIVER_LEN);

function verify() {
    const status = hooksig.hooksig_verify_head(receiver, ...head, ...body, verified);
    return text(hooksig.hooksig_status_name(status));
}

hooksig.hooksig_key_init(key, ...put(Buffer.from(secret)));
// A hooksig_receiver: keys, keys_len, then now.
const fields = new DataView(hooksig.memory.buffer, receiver);
fields.setUint32(0, key, true);
fields.setUint32(4, 1, true);
fields.setBigInt64(16, BigInt(now), true);
const asRecorded = verify();
new Uint8Array(hooksig.memory.buffer)[body[0]] ^= 1;
const withOtherBody = verify();
console.log(`${bytes.length} bytes; as recorded: ${asRecorded}; with another body: ${withOtherBody}`);
process.exitCode = asRecorded === "ok" && withOtherBody === "digest-mismatch" ? 0 : 1;
