// Days as people in Bavaria count them.
const zone = 'Europe/Berlin';
const day = new Intl.DateTimeFormat('de-DE', { timeZone: zone, day: 'numeric', month: 'long', year: 'numeric' });
const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });

/** The day so many days after a moment's, as written in letters: 6. Dezember 2026. */
export function dayAfter(moment, days) {
  return day.format(noon(moment, days));
}

/** The last minute of the day so many days after a moment's. */
export function lastMinuteOf(moment, days) {
  const [year, month, date] = parts.format(noon(moment, days)).split('-').map(Number);
  const utc = Date.UTC(year, month - 1, date, 23, 59);
  return new Date(utc - offset(new Date(utc)));
}

function noon(moment, days) {
  const [year, month, date] = parts.format(moment).split('-').map(Number);
  return new Date(Date.UTC(year, month - 1, date + days, 11));
}

function offset(moment) {
  const local = moment.toLocaleString('sv-SE', { timeZone: zone });
  return Date.parse(`${local.replace(' ', 'T')}Z`) - Math.floor(moment.getTime() / 1000) * 1000;
}
