// What must never happen on any page, whatever a test does: kept by every page of every test.

/** Watches all pages of a browser context and returns the list of offences, which the test's end expects to be empty. */
export function guard(context) {
  const offences = [];
  const refused = new Set();

  context.on('request', (request) => {
    const url = new URL(request.url());
    if (['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol) && !isOurs(url.hostname)) {
      offences.push(`loads from elsewhere: ${request.url()}`);
    }
  });
  context.on('response', (response) => {
    const kind = response.request().resourceType();
    if (kind !== 'document' && response.status() >= 400) offences.push(`${response.status()} for ${kind} ${response.url()}`);
    if (kind === 'document' && response.status() >= 400) refused.add(response.url());
    if (kind === 'document' && isPage(response)) offences.push(...looseHeaders(response));
  });
  context.on('console', (message) => {
    const expected = refused.has(message.location().url) && message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !expected) offences.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => offences.push(`script: ${error.error().message}`));
  return offences;
}

function isOurs(host) {
  return host === 'localhost' || host.endsWith('.localhost');
}

function isPage(response) {
  return (response.headers()['content-type'] ?? '').startsWith('text/html');
}

function looseHeaders(response) {
  const headers = response.headers();
  const policy = headers['content-security-policy'] ?? '';
  const loose = [];
  if (!policy.includes("default-src 'none'") && !policy.includes("default-src 'self'")) loose.push('no strict Content-Security-Policy');
  if (policy.includes('unsafe-')) loose.push('Content-Security-Policy with unsafe-');
  if (headers['x-content-type-options'] !== 'nosniff') loose.push('no X-Content-Type-Options: nosniff');
  if (!headers['referrer-policy']) loose.push('no Referrer-Policy');
  return loose.map((fault) => `${response.url()}: ${fault}`);
}
