// A storm of logins: more people at once than the portal hashes passwords for, each with a name and a network address of their own.
import { request } from 'node:http';

const people = 200; // the portal lets 128 wait

/** Sends one request from a network address and gives status, cookies and text of the answer. */
function send(url, localAddress, { method = 'GET', headers = {}, body } = {}) {
  const { hostname, port, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: pathname, localAddress, method, headers: { Host: `${hostname}:${port}`, ...headers } }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode, cookies: answer.headers['set-cookie'] ?? [], text }));
      answer.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Lets everybody try to log in again and again while something is done; gives what that gives. */
export async function during(login, something) {
  const page = await send(login, '127.9.9.9');
  const token = /name="formular" value="([^"]*)"/.exec(page.text)[1];
  const cookie = page.cookies.map((line) => line.split(';')[0]).join('; ');
  let over = false;
  let tries = 0;
  const storm = Array.from({ length: people }, async (_, i) => {
    while (!over) {
      const body = new URLSearchParams({ formular: token, user: `niemand-${(tries += 1)}`, password: 'falsch' }).toString();
      await send(login, `127.9.${Math.floor(i / 250)}.${(i % 250) + 1}`, {
        method: 'POST',
        headers: { Cookie: cookie, 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': Buffer.byteLength(body) },
        body,
      });
    }
  });
  try {
    return await something();
  } finally {
    over = true;
    await Promise.all(storm);
  }
}
