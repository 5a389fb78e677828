// Warns two minutes before the session ends and extends it on demand. Without this script the header says when it ends.
const dialog = document.getElementById('sitzung');
const until = document.getElementById('sitzung-bis');
const message = document.getElementById('sitzung-meldung');
const warnBefore = 2 * 60 * 1000;
const tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('session') : null;

let end = 0; // by this browser's clock, milliseconds since 1970
let final = false; // whether the end can no longer be moved
let warned = false;
let timer;

const show = (when, visible) => dialog.querySelectorAll(`[data-when=${when}]`).forEach((part) => (part.hidden = !visible));

function lasts(left, isFinal) {
  end = Date.now() + left * 1000;
  final = isFinal;
  warned = false;
  look();
}

function look() {
  clearTimeout(timer);
  const left = end - Date.now();
  if (left <= 0) {
    location.replace(dialog.dataset.again);
  } else if (left <= warnBefore) {
    if (!warned) warn();
    timer = setTimeout(look, left + 1000); // a little later than the portal, which then says that the session is over
  } else {
    sessionStorage.removeItem('warned');
    timer = setTimeout(look, left - warnBefore);
  }
}

function warn() {
  warned = true;
  if (final && sessionStorage.getItem('warned')) return; // on the page before: whoever hurries is not held up again
  sessionStorage.setItem('warned', 'yes');
  show('open', !final);
  show('final', final);
  show('failed', false);
  dialog.showModal();
  dialog.querySelector('form:not([hidden]) .kern-btn--primary').focus();
}

async function extend(event) {
  event.preventDefault();
  show('failed', false);
  try {
    const form = event.target;
    const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'text/plain' }, redirect: 'manual' });
    if (answer.type === 'opaqueredirect') {
      location.replace(dialog.dataset.again); // the session is over
      return;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    const [left, isFinal, line, said] = (await answer.text()).split('\n');
    dialog.close();
    until.textContent = line;
    message.textContent = said;
    lasts(Number(left), isFinal === 'true');
    tell();
  } catch {
    show('failed', true);
  }
}

// What one tab does keeps the others open too.
const tell = () => tabs?.postMessage({ end, final, line: until.textContent });

if (dialog) {
  tabs?.addEventListener('message', ({ data }) => {
    if (data.end <= end) return;
    ({ end, final } = data);
    warned = false;
    until.textContent = data.line;
    dialog.close();
    look();
  });
  dialog.querySelector('form[data-when=open]').addEventListener('submit', extend);
  document.addEventListener('visibilitychange', look); // timers rest while a device sleeps
  addEventListener('pageshow', look);
  lasts(Number(dialog.dataset.left), dialog.dataset.final === 'true');
  tell();
}
