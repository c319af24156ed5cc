const actions = {
  instances: askInTurn,
  ticks: streamTicks,
  upload: uploadBytes,
  missing: getMissing,
  range: getRange,
  greeting: getGreeting,
};

document.getElementById('over').textContent = location.protocol === 'https:' ? ' over HTTPS' : '';
for (const button of document.querySelectorAll('button')) button.addEventListener('click', () => run(button));
correctPorts();

/** Runs the action of a button, and shows an error in its place. */
async function run(button) {
  const { action } = button.dataset;
  const write = (text) => {
    document.getElementById(action).textContent = text;
  };
  if (button.ariaBusy === 'true') return; // not `disabled`, which would take the focus away
  button.ariaBusy = 'true';
  try {
    await actions[action](write, button.dataset);
  } catch (error) {
    write(`${error.message}: is the server still running?`);
  }
  button.ariaBusy = 'false';
}

async function askInTurn(write) {
  let text = '';
  for (let count = 1; count <= 6; count++) {
    const { instance, answered } = await (await ask('/api/instance')).json();
    text += `${count}: from port ${instance}, its answer ${answered}\n`;
    write(text);
  }
}

async function streamTicks(write) {
  const response = await ask('/api/ticks');
  let text = '';
  for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value; // a chunk may end anywhere in the text
    write(text.replaceAll('data: ', '').replaceAll('\n\n', '\n'));
  }
}

async function uploadBytes(write) {
  const response = await ask('/api/upload', { method: 'POST', body: new Uint8Array(5_000_000) });
  const { bytes, milliseconds } = await response.json();
  write(`${bytes.toLocaleString('en')} bytes in ${milliseconds} ms`);
}

async function getMissing(write, { accept }) {
  const response = await fetch('/missing', { headers: { accept } });
  write(`${response.status} ${response.headers.get('content-type')}\n${await response.text()}`);
}

async function getRange(write) {
  const response = await ask('/kestrel.svg', { headers: { range: 'bytes=0-41' }, cache: 'no-store' });
  write(`${response.status} ${response.headers.get('content-range')}\n${await response.text()}`);
}

async function getGreeting(write) {
  write(await (await ask('/greeting', { cache: 'no-store' })).text());
}

async function ask(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`Status ${response.status}`);
  return response;
}

/** The page is written for the usual ports: `npm start` may have others. */
async function correctPorts() {
  const ports = await (await ask('/ports.json')).json();
  for (const element of document.querySelectorAll('[data-port]')) {
    const port = ports[element.dataset.port];
    if (element.href === undefined) element.textContent = `http://localhost:${port}`;
    else element.href = element.href.replace(/:\d+\//, `:${port}/`);
  }
}
