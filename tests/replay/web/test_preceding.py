"""What answers requests before a guard is asked, and what only looks like it."""

from replay.web.routing import enforcement

AUDITED = """
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
const RESOURCES = ['rows'];
const resourceOf = (path) => RESOURCES.find((each) => path === `/api/${each}`) ?? null;
const told = (error) => ({ status: error.status, error: error.message });
const audit = async (c, next) => {
  const resource = c.req.method === 'GET' ? resourceOf(c.req.path) : null;
  if (resource) c.set('audited', true);
  await next();
  if (c.error) {
    const safe = told(c.error);
    c.res = c.json({ error: safe.error }, safe.status);
  }
};
const guard = async (c, next) => { if (!c.get('session')) throw new HTTPException(401); await next(); };
const app = new Hono();
app.use('*', audit);
app.use('*', guard);
app.get('/rows', (c) => c.json([]));
"""


def test_what_says_which_error_came_of_a_request_does_not_answer_before_a_guard() -> None:
    assert enforcement({"app.ts": AUDITED}) == {"GET /rows": "enforced"}
