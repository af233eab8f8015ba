import { createHmac } from 'node:crypto';

// What anybody can send who knows no secret: nothing first, then values in every place that an application may look at.
const USUAL = ['admin', 'authorization', 'debug', 'role', 'session', 'token', 'user', 'x-api-key', 'x-role', 'x-token', 'x-user'];
const TRANSPORT = ['connection', 'content-length', 'content-type', 'cookie', 'expect', 'host', 'te', 'trailer', 'transfer-encoding', 'upgrade'];
const CLAIMS = { id: 1, sub: '1', userId: 1, email: 'admin@example.com', role: 'admin', isAdmin: true, admin: true, exp: 4e9 };
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
// What anybody can write who has no key to sign it with.
const WRITTEN = [`${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(CLAIMS)}.c2lnbmF0dXJl`, JSON.stringify(CLAIMS), encoded(CLAIMS)];
WRITTEN.push(`${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(CLAIMS)}.`);
// What is in every object, or stands for nothing in a text.
const THERE = ['constructor', '__proto__', 'undefined', 'null'];

// A token signed with what the code takes for a key where none is set: `process.env.KEY || 'secret'`.
function signed(key) {
  const told = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(CLAIMS)}`;
  return `${told}.${createHmac('sha256', key).update(told).digest('base64url')}`;
}

// A header, a cookie, a parameter and a field of every name in the code: all at once, and each by itself.
export function madeUp(code) {
  const written = [...code.matchAll(/["'`.]([A-Za-z][\w-]{1,29})\b/g)].map((found) => found[1]);
  const names = [...new Set([...USUAL, ...written])].filter((name) => !TRANSPORT.includes(name.toLowerCase()));
  const keys = [...code.matchAll(/env\.\w+ (?:\|\||\?\?) '([^']*)'/g)].map((found) => found[1]);
  const tokens = [WRITTEN[0], WRITTEN.at(-1), ...new Set(keys.map(signed))];
  const bearers = ['anything', ...THERE, ...tokens].map((value) => `Bearer ${value}`);
  const sent = [{}, ...[...bearers, `Basic ${btoa('anything:anything')}`, 'Token anything'].map((authorization) => ({ headers: { authorization } }))];
  for (const value of ['1', 'anything', 'true', 'admin', '', ...THERE, ...WRITTEN]) {
    const { headers, cookie, query, body } = everywhere(names, value);
    sent.push({ headers: { ...headers, ...cookie, ...body.headers }, query, body: body.body });
    if (['1', 'anything'].includes(value)) sent.push({ headers }, { headers: cookie }, { query }, body);
  }
  sent.push({ headers: { 'content-type': 'application/json' }, body: JSON.stringify(Object.fromEntries(names.map((name) => [name, true]))) });
  return sent;
}

function everywhere(names, value) {
  const fields = Object.fromEntries(names.map((name) => [name, value]));
  const cookie = { cookie: names.map((name) => `${name}=${encodeURIComponent(value)}`).join('; ') };
  const body = { headers: { 'content-type': 'application/json' }, body: JSON.stringify(fields) };
  const signature = createHmac('sha256', value).update(body.body).digest('hex'); // by a key that is sent, too
  const headers = Object.fromEntries(names.map((name) => [name, /signature/i.test(name) ? signature : value]));
  return { headers, cookie, query: `?${new URLSearchParams({ ...fields, input: body.body })}`, body };
}
