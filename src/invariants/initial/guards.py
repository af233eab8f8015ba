"""What stands before routes, by how often: guards that are seen to turn people away, and what a person might vouch for."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from invariants.initial.values import Notice
from invariants.replay.web.handlers import IGNORED
from invariants.replay.web.reasons import UNREACHED
from invariants.store import Store
from invariants.wording import counted

TOPIC = "guards"
MOST = 4
"""So many of either kind are told."""
QUERY = f"""
select g.symbol, count(distinct g.route) as routes, max(g.state = 'rejects') as rejects,
    max(case when g.state = 'rejects' then '' else g.reason end) as reason, max(g.posture) as posture
from web_route_guard as g
where g.state <> 'passes' and g.posture is not null and g.symbol not like '%)' and g.symbol not like '% | %'
    and g.symbol not in (select handler from web_route) and g.reason not in ('{IGNORED.reason}', '{UNREACHED.reason}')
group by g.symbol order by routes desc, g.symbol"""  # noqa: S608


class Candidate(NamedTuple):
    """Something that stands before routes as a guard would."""

    symbol: str
    """Its defining file without extension, a dot, its name."""
    routes: int
    rejects: bool
    """It is seen to turn people away."""
    reason: str
    """Why that is not seen, as a clause."""
    posture: str


class Guards(NamedTuple):
    """The candidates, the one before most routes first, and how many routes there are."""

    candidates: Sequence[Candidate]
    total: int

    @property
    def doubtful(self) -> Sequence[Candidate]:
        """Those that nothing is known to turn away, as far as they are worth a decision."""
        return [each for each in self.candidates if not each.rejects][:MOST]

    def said(self, candidate: Candidate) -> str:
        """How often it stands before a route, and what is seen of it."""
        seen = " and turns people away" if candidate.rejects else f"; as far as it can be seen, {candidate.reason}"
        return f"`{candidate.symbol}` stands before {candidate.routes} of {counted(self.total, 'routes')}{seen}"


def guards(store: Store) -> Guards:
    """What the routes of a repository have before them."""
    [[total]] = store.ask("select count(distinct name) from web_route")[1]
    rows = store.ask(QUERY)[1]
    return Guards([Candidate(symbol, routes, bool(rejects), reason, posture) for symbol, routes, rejects, reason, posture in rows], total)


def notices(found: Guards) -> Iterator[Notice]:
    """The guards that are seen, those that are not, and that there are none."""
    seen = [each for each in found.candidates if each.rejects]
    for each in seen[:MOST]:
        yield Notice(TOPIC, found.said(each))
    for each in found.doubtful:
        yield Notice(TOPIC, f"{found.said(each)}: if it does turn people away, say so under `[[routes.guard]]`", is_known=False)
    if found.total and not found.candidates:
        yield Notice(TOPIC, f"nothing is seen to stand before any of {counted(found.total, 'routes')}", is_known=False)
