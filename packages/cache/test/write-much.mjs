// Stores numbered answers of all sizes in the folder that is named, several at a time, until it is killed; says how many are stored.
import { createDiskStore } from '@windhover/cache';
import { contentOf, metaOf } from './numbered-answers.mjs';

const store = createDiskStore(process.argv[2]);

async function putEach(first) {
  for (let number = first; ; number += 8) {
    const content = contentOf(number);
    const writer = store.open(metaOf(number));
    for (let start = 0; start < content.byteLength; start += 50_000) {
      writer.write(content.slice(start, start + 50_000));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await writer.commit();
    writer.spool?.close();
    process.send(number);
    if (number % 16 === 0)
      store.update((await store.get(`k${number}`))[0], {
        ...metaOf(number),
        length: content.byteLength,
        tags: ['changed'],
      });
  }
}
for (let first = 0; first < 8; first++) void putEach(first);
