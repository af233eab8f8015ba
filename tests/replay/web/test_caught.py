"""What is called with a caught error answers it: that it throws says nothing of who may come in."""

from replay.web.routing import enforcement

APP = """
import express from "express";
const app = express();
function toHttpError(error) {
  if (error.code === "FORBIDDEN") throw new HttpError(403);
  throw new HttpError(500);
}
app.get("/rows", async (req, res) => {
  try {
    await list(req.query);
  } catch (error) {
    toHttpError(error);
  }
  res.json([]);
});
app.listen(1);
"""


def test_an_error_that_is_told_on_is_no_check() -> None:
    assert enforcement({"app.js": APP}) == {"GET /rows": "none"}
