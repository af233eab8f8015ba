"""A guard that reads marks beside other things is still told of each route by its marks, and by the right ones of several."""

from invariants.facts.place import Place
from invariants.facts.settings import RouteGuard
from replay.web.routing import enforcement

APP = """
import { Controller, Get, UseGuards, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

const IS_PUBLIC = 'isPublic';
const IS_SLOW = 'isSlow';

export class HybridGuard {
  constructor(private readonly reflector: Reflector, private readonly sessions: Sessions) {}

  async canActivate(context) {
    const isPublic = this.reflector.getAllAndOverride(IS_PUBLIC, [context.getHandler(), context.getClass()]);
    const isSlow = this.reflector.getAllAndOverride(IS_SLOW, [context.getHandler(), context.getClass()]);
    if (isPublic) return true;
    return this.sessions.authenticate(context, isSlow);
  }
}

@Controller('rows')
@UseGuards(HybridGuard)
export class Rows {
  @Get()
  all() {}

  @Get('public')
  @SetMetadata(IS_PUBLIC, true)
  open() {}

  @Get('slow')
  @SetMetadata(IS_SLOW, true)
  slow() {}
}
"""
SAID = RouteGuard(Place("config.toml", 1, 1, 1, 1), "app.HybridGuard", "session")


def test_what_a_guard_lets_by_for_its_mark_is_not_enforced_though_the_guard_is_configured() -> None:
    assert enforcement({"app.ts": APP}, [SAID]) == {"GET /rows": "enforced", "GET /rows/public": "declared", "GET /rows/slow": "enforced"}
