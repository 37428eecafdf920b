// Reading server-sent events from a fetch, which unlike EventSource can send a
// message and a token.

const largest = 1 << 20; // characters that one event may have
const silence = 75_000; // milliseconds that a stream may say nothing

// events yields the data of each event of a response's body as an object and
// ends at [DONE]. A stream that ends without it, stalls or can't be read throws.
export async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read());
      if (done) throw new Error('the stream ended early');
      buffer += value;
      if (buffer.length > largest) throw new Error('an event is too large');
      const blocks = buffer.split(/\r\n\r\n|\n\n|\r\r/);
      buffer = blocks.pop();
      for (const block of blocks) {
        const data = dataOf(block);
        if (data === '[DONE]') return;
        if (data) yield JSON.parse(data);
      }
    }
  } finally {
    reader.cancel().catch(() => {}); // it may have ended by itself
  }
}

// dataOf joins the data lines of an event. Comments and other fields don't count.
function dataOf(block) {
  return block.split(/\r\n|\n|\r/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).replace(/^ /, ''))
    .join('\n');
}

function withinSilence(promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('the stream stalled')), silence); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
