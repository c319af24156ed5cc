const actions = { time: showTime, visits: countVisit, ticks: streamTicks, upload: uploadBytes };

for (const button of document.querySelectorAll('button')) {
  button.addEventListener('click', () => run(button.dataset.action, button));
}
run('time');
run('visits');

/** Runs an action, and shows an error in its place. */
async function run(name, button) {
  if (button) button.disabled = true;
  try {
    await actions[name]((text) => show(name, text));
  } catch (error) {
    show(name, `${error.message}: is the API running?`);
  }
  if (button) button.disabled = false;
}

function show(name, text) {
  document.getElementById(name).textContent = text;
}

async function showTime(write) {
  const { time } = await ask('/api/time');
  write(time);
}

async function countVisit(write) {
  const { visits } = await ask('/api/visits', { method: 'POST' });
  write(`${visits} since the API was started`);
}

async function streamTicks(write) {
  const response = await fetch('/api/ticks');
  if (!response.ok) throw new Error(`Status ${response.status}`);
  let text = '';
  for (const reader = response.body.pipeThrough(new TextDecoderStream()).getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) return;
    text += value; // a chunk may end anywhere in the text
    write(text.replaceAll('data: ', '').replaceAll('\n\n', '\n'));
  }
}

async function uploadBytes(write) {
  const { bytes, milliseconds } = await ask('/api/upload', { method: 'POST', body: new Uint8Array(5_000_000) });
  write(`${bytes.toLocaleString('en')} bytes in ${milliseconds} ms`);
}

async function ask(url, init) {
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`Status ${response.status}`);
  return response.json();
}
