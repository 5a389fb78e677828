// Shows on demand what is typed as a password, and while a new one is typed, which rules it keeps. The portal judges for itself when
// the form is sent; both agree on the cases in internal/password/testdata/verdicts.json.

const letters = /\p{L}/u;
const isLetter = (sign) => letters.test(sign);

/** Small letters without marks, as internal/password/fold.go. */
const fold = (text) => text.normalize('NFKD').replace(/\p{Mn}/gu, '').replace(/[ßẞ]/g, 'ss').toLowerCase();

/** Letters and digits only. */
const plain = (text) => text.replace(/[^\p{L}\p{N}]/gu, '');

/** Without the digits and signs around a word. */
const core = (text) => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');

const leet = ['i', 'l'].map((one) => ({ '@': 'a', 4: 'a', 8: 'b', 3: 'e', '€': 'e', 1: one, '!': one, '|': one, 0: 'o', $: 's', 5: 's', 7: 't', '+': 't' }));

/** The words that a password may stand for. */
function readings(typed) {
  const folded = fold(typed);
  const read = (text, signs) => plain([...text].map((sign) => signs[sign] ?? sign).join(''));
  return [plain(folded), ...leet.flatMap((signs) => [read(core(folded), signs), read(folded, signs)])];
}

const series = [
  'abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertzuiopü', 'asdfghjklöä', 'yxcvbnm', 'qwertyuiop', 'zxcvbnm',
  '1qay', '2wsx', '3edc', '4rfv', '5tgb', '6zhn', '7ujm', '1qaz', '6yhn',
];

/** The series that lead from one sign to the other, forwards or backwards. */
function steps(a, b) {
  if (a === b) return new Set(['same']);
  const kinds = new Set();
  for (const s of series) {
    if (s.includes(a + b)) kinds.add(`${s}>`);
    if (s.includes(b + a)) kinds.add(`${s}<`);
  }
  return kinds;
}

/** The part whose repetition makes up all signs. */
function unit(signs) {
  const border = new Array(signs.length).fill(0);
  for (let i = 1; i < signs.length; i++) {
    let b = border[i - 1];
    while (b > 0 && signs[b] !== signs[i]) b = border[b - 1];
    border[i] = signs[b] === signs[i] ? b + 1 : b;
  }
  const period = signs.length - (border.at(-1) ?? 0);
  return period <= signs.length / 2 ? signs.slice(0, period) : signs;
}

/** How many signs cannot be foretold from those before. */
function surprise(typed) {
  const signs = unit([...typed].map((sign) => sign.toLowerCase()));
  let count = 0;
  for (let start = 0; start < signs.length; count++) {
    let end = start + 1;
    let kinds = null;
    while (end < signs.length) {
      const next = steps(signs[end - 1], signs[end]);
      kinds = kinds ? new Set([...kinds].filter((kind) => next.has(kind))) : next;
      if (kinds.size === 0) break;
      end++;
    }
    start = end - start >= 3 ? end : start + 1;
  }
  return count;
}

const without = (reading, own) => own.reduce((rest, name) => rest.replaceAll(name, ''), reading);

function isOwn(heard, own, least) {
  return heard.some((reading) => {
    const rest = without(reading, own);
    return rest !== reading && [...core(rest)].length < least;
  });
}

function isCommon(heard, own, isWord) {
  return heard.some((reading) =>
    [reading, without(reading, own)].some((text) => isWord(text) || isWord(core(text)) || isWord(unit([...core(text)]).join(''))),
  );
}

const classes = {
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  digit: /\p{Nd}/u,
  special: /[^\p{L}\p{M}\p{Nd}\p{Cc}]/u,
};

/** Which rules a password keeps, by name; rules: { min, max, own: folded names, longest first, isWord }. */
export function judge(typed, rules) {
  const signs = [...typed.normalize('NFC')];
  const looked = signs.slice(0, rules.max).join('');
  const heard = readings(looked);
  const least = Math.max(6, Math.floor(rules.min / 2));
  const kept = {
    length: signs.length >= rules.min,
    longest: signs.length <= rules.max,
    pattern: surprise(looked) >= least,
    own: !isOwn(heard, rules.own, least),
    common: !isCommon(heard, rules.own, rules.isWord),
    signs: !/\p{Cc}/u.test(typed),
  };
  for (const name of Object.keys(classes)) kept[name] = classes[name].test(looked);
  return kept;
}

/** The words of the block list, of which browsers get the FNV-1a hashes. */
export function wordsOf(buffer) {
  const hashes = new Set(new Uint32Array(buffer));
  return (word) => {
    let hash = 0x811c9dc5;
    for (const byte of new TextEncoder().encode(word)) hash = Math.imul(hash ^ byte, 0x01000193);
    return hashes.has(hash >>> 0);
  };
}

/** A button that shows what is typed. */
function addReveal(input) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'kern-btn kern-btn--tertiary reveal__button';
  const icon = document.createElement('span');
  icon.ariaHidden = 'true';
  const label = document.createElement('span');
  label.className = 'kern-label kern-sr-only';
  button.append(icon, label);
  button.setAttribute('aria-controls', input.id);
  const show = (visible) => {
    input.type = visible ? 'text' : 'password';
    icon.className = `kern-icon kern-icon--${visible ? 'visibility-off' : 'visibility'}`;
    label.textContent = visible ? input.dataset.hide : input.dataset.show;
    button.title = label.textContent;
  };
  show(false);
  button.addEventListener('click', () => show(input.type === 'password'));
  input.form.addEventListener('submit', () => show(false)); // or browsers remember it as they do other texts
  const box = document.createElement('div');
  box.className = 'reveal';
  input.replaceWith(box);
  box.append(input, button);
}

/** Marks the rules in a list while a password is typed. */
function watch(list, input) {
  const data = list.dataset;
  const rules = { min: Number(data.min), max: Number(data.max), own: data.own.split(' ').filter(Boolean), isWord: null };
  const status = document.getElementById(data.status);
  let timer;

  const mark = () => {
    const kept = judge(input.value, { ...rules, isWord: rules.isWord ?? (() => false) });
    if (!rules.isWord) delete kept.common;
    const open = [];
    for (const item of list.children) {
      const verdict = input.value === '' ? undefined : kept[item.dataset.rule];
      item.className = verdict === undefined ? 'rule' : `rule rule--${verdict ? 'kept' : 'broken'}`;
      item.querySelector('.rule__state').textContent = verdict === undefined ? '' : verdict ? data.kept : data.broken;
      if (verdict === false) open.push(item.querySelector('.rule__text').textContent);
    }
    clearTimeout(timer); // screen readers hear of it when the typing pauses
    timer = setTimeout(() => (status.textContent = input.value === '' ? '' : open.length ? `${data.open} ${open.join('; ')}` : data.done), 800);
  };

  input.addEventListener('input', mark);
  input.addEventListener(
    'focus',
    async () => {
      try {
        const answer = await fetch(data.words);
        if (!answer.ok) return;
        rules.isWord = wordsOf(await answer.arrayBuffer());
        if (input.value !== '') mark();
      } catch {
        // the portal looks the words up when the form is sent
      }
    },
    { once: true },
  );
}

if (typeof document !== 'undefined') {
  document.querySelectorAll('input[type=password][data-show]').forEach(addReveal);
  for (const list of document.querySelectorAll('.rules')) watch(list, document.getElementById(list.dataset.field));
}
