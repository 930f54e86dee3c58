// Uploads a file by tus 1.0 with tus-js-client, breaks off as told, and goes on with a new client from
// where the server says that it is.
//
//   node upload.mjs --url URL --token-file FILE --file FILE [--title WORDS] [--chunk BYTES]
//                   [--cut BYTES]... [--hold BYTES]
//
// `--cut` breaks off once so many bytes of the file were sent, in the middle of a request. `--hold` sends
// so many, prints {"held": BYTES}, and leaves the request unfinished until the connection breaks, which
// is then taken up again. The last line of the output says where the upload is, how long it is, how often
// it was resumed, and from which offsets.

import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { parseArgs } from 'node:util';

import { Upload } from 'tus-js-client';
import { FileUrlStorage } from 'tus-js-client/lib.es5/node/urlStorage.js';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    'token-file': { type: 'string' },
    file: { type: 'string' },
    title: { type: 'string' },
    chunk: { type: 'string', default: `${8 << 20}` },
    cut: { type: 'string', multiple: true, default: [] },
    hold: { type: 'string' },
  },
});
if (!values.url || !values['token-file'] || !values.file) {
  console.error('usage: node upload.mjs --url URL --token-file FILE --file FILE [--cut BYTES]...');
  process.exit(2);
}

const token = (await readFile(values['token-file'], 'utf8')).trim();
const { size } = await stat(values.file);
const folder = await mkdtemp(join(tmpdir(), 'tus-'));
const cuts = values.cut.map(Number);
const offsets = [];
/** What a request waits for that is to stay open. */
const never = new Promise(() => undefined);
let holdAt = values.hold === undefined ? Infinity : Number(values.hold);

/** Reads a part of the file, and stops where the upload is held or cut. */
async function* piece(start, end, cutAt, cut) {
  let at = start;
  for await (const bytes of createReadStream(values.file, { start, end: end - 1, highWaterMark: 16 << 10 })) {
    yield bytes;
    at += bytes.length;
    if (at >= cutAt) {
      cut();
      await never;
    }
    if (at >= holdAt) {
      holdAt = Infinity;
      console.log(JSON.stringify({ held: at }));
      await never;
    }
  }
}

/** Sends until the file is there or the cut is reached. Returns the address of the upload, or nothing. */
function send(cutAt) {
  return new Promise((resolve, reject) => {
    const reader = {
      openFile: () => ({
        size,
        slice: async (start, wanted) => {
          const end = Math.min(wanted, size);
          const cut = () => upload.abort().then(() => resolve(undefined), reject);
          const value = Readable.from(piece(start, end, cutAt, cut), { objectMode: false });
          // The client asks how long it is, which a stream does not know.
          return { value: Object.assign(value, { size: end - start }), done: end === size };
        },
        close: () => undefined,
      }),
    };
    const upload = new Upload(createReadStream(values.file, { end: 0 }), {
      endpoint: values.url,
      headers: { authorization: `Bearer ${token}` },
      metadata: { title: values.title ?? 'tus' },
      chunkSize: Number(values.chunk),
      retryDelays: Array(60).fill(500),
      fileReader: reader,
      fingerprint: async () => values.file,
      urlStorage: new FileUrlStorage(join(folder, 'uploads.json')),
      onAfterResponse: (request, response) => {
        const isResumed = request.getMethod() === 'HEAD' && response.getStatus() === 200;
        if (isResumed) offsets.push(Number(response.getHeader('Upload-Offset')));
      },
      onError: reject,
      onSuccess: () => resolve(upload.url),
    });
    upload.findPreviousUploads().then(([last]) => {
      if (last) upload.resumeFromPreviousUpload(last);
      upload.start();
    }, reject);
  });
}

try {
  let url;
  for (const cut of [...cuts, Infinity]) url = await send(cut);
  console.log(JSON.stringify({ url, bytes: size, resumes: offsets.length, offsets }));
} finally {
  await rm(folder, { recursive: true });
}
process.exit(0);
