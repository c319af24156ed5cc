// llhttp compiled to WebAssembly, as undici ships it, driven to give what a server needs: method, target, names and
// values.
import { createRequire } from 'node:module';

const binary = createRequire(import.meta.url)('undici/lib/llhttp/llhttp_simd-wasm.js');
const typeRequest = 1;

/** A parser that reads whole heads from one buffer. `fields` grows by a name and a value for each field. */
export async function createLlhttp(size) {
  const state = { target: '', name: '', fields: [] };
  let memory;
  let start = 0;
  const text = (at, length) => memory.latin1Slice(at, at + length);
  const nothing = () => 0;
  const { instance } = await WebAssembly.instantiate(binary, {
    env: {
      wasm_on_message_begin: nothing,
      wasm_on_url: (_parser, at, length) => {
        state.target = text(at, length);
        return 0;
      },
      wasm_on_status: nothing,
      wasm_on_header_field: (_parser, at, length) => {
        state.name = text(at, length);
        return 0;
      },
      wasm_on_header_value: (_parser, at, length) => {
        state.fields.push(state.name.toLowerCase(), text(at, length), state.name);
        return 0;
      },
      wasm_on_headers_complete: nothing,
      wasm_on_body: nothing,
      wasm_on_message_complete: nothing,
    },
  });
  const { exports: llhttp } = instance;
  const parser = llhttp.llhttp_alloc(typeRequest);
  start = llhttp.malloc(size);
  memory = Buffer.from(llhttp.memory.buffer);
  return {
    state,
    read(bytes) {
      state.fields = [];
      memory.set(bytes, start);
      const code = llhttp.llhttp_execute(parser, start, bytes.length);
      if (code !== 0) throw new Error(`llhttp: error ${code}`);
    },
  };
}
