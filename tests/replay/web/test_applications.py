"""Several applications of NestJS in one repository, what each is told, and what modules put before paths."""

from textwrap import dedent

from replay.web.routing import enforcement, routes

CONTROLLER = """
    import { Controller, Get } from '@nestjs/common';
    @Controller('rows') export class Rows { @Get() list() { return []; } @Get('own') own() { return []; } }
"""
STARTED = "import { NestFactory } from '@nestjs/core'; const app = await NestFactory.create(AppModule);"


def served(**files: str) -> dict[str, str]:
    return enforcement({path.replace("__", "/") + ".ts": dedent(text) for path, text in files.items()})


def test_versions_of_one_application_are_not_those_of_another() -> None:
    found = served(
        apps__api__src__main=f"{STARTED} app.enableVersioning({{ type: VersioningType.URI, defaultVersion: '1' }});",
        apps__api__src__rows=CONTROLLER,
        apps__hooks__src__main=STARTED,
        apps__hooks__src__hooks=CONTROLLER.replace("rows", "hooks"),
    )
    assert set(found) == {"GET /v1/rows", "GET /v1/rows/own", "GET /hooks", "GET /hooks/own"}


def test_a_library_is_served_as_the_application_that_may_use_it() -> None:
    found = served(
        apps__api__src__main=f"{STARTED} app.enableVersioning({{ type: VersioningType.URI, defaultVersion: '1' }});",
        libs__rows=CONTROLLER,
    )
    assert set(found) == {"GET /v1/rows", "GET /v1/rows/own"}


def test_a_prefix_of_versions_that_nobody_tells_is_no_empty_one() -> None:
    start = f"{STARTED} app.enableVersioning({{ type: VersioningType.URI, prefix: `${{process.env.BASE}}v`, defaultVersion: '1' }});"
    assert set(served(src__main=start, src__rows=CONTROLLER)) == {"GET {?}/rows", "GET {?}/rows/own"}
    assert set(served(src__main=start.replace("`${process.env.BASE}v`", "false"), src__rows=CONTROLLER)) == {
        "GET /1/rows",
        "GET /1/rows/own",
    }


def test_a_prefix_of_an_application_that_nobody_tells_is_no_empty_one() -> None:
    start = f"{STARTED} app.setGlobalPrefix(basePath());"
    assert set(served(src__main=start, src__rows=CONTROLLER)) == {"GET {?}/rows", "GET {?}/rows/own"}


def test_middleware_of_a_module_stands_before_the_path_and_method_that_are_told() -> None:
    module = """
        import { MiddlewareConsumer, RequestMethod } from '@nestjs/common';
        import passport from 'passport';
        export class RowsModule {
            configure(consumer) {
                consumer.apply(passport.authenticate('jwt')).forRoutes({ path: 'rows/own', method: RequestMethod.GET });
                consumer.apply(passport.authenticate('jwt')).forRoutes({ path: 'rows', method: RequestMethod.POST });
            }
        }
    """
    assert served(src__main=STARTED, src__module=module, src__rows=CONTROLLER) == {"GET /rows": "none", "GET /rows/own": "enforced"}


def test_a_decorator_that_only_writes_beside_a_route_is_no_guard() -> None:
    costs = "import { Reflector } from '@nestjs/core'; export const RequiredCost = Reflector.createDecorator();"
    rows = CONTROLLER.replace("@Get()", "@RequiredCost(3) @Get()").replace("import", "import { RequiredCost } from './costs'; import", 1)
    assert served(src__main=STARTED, src__costs=costs, src__rows=rows)["GET /rows"] == "none"


def test_what_is_imported_and_passed_on_is_what_it_was() -> None:
    guard = "export class AccountGuard { canActivate(context) { throw new UnauthorizedException(); } }"
    rows = CONTROLLER.replace("@Get()", "@UseGuards(AccountGuard) @Get()").replace(
        "import", "import { AccountGuard } from './more'; import", 1
    )
    more = "import { AccountGuard } from './guard'; export { AccountGuard };"
    assert served(src__main=STARTED, src__guard=guard, src__more=more, src__rows=rows)["GET /rows"] == "enforced"


def test_a_method_that_a_class_writes_again_is_one_route_and_what_that_says() -> None:
    rows = """
        import { Controller, Get, UseGuards } from '@nestjs/common';
        class AccountGuard { canActivate(context) { throw new UnauthorizedException(); } }
        class Base {
            @Get('again') @UseGuards(AccountGuard) again() { return []; }
            @Get('once') @UseGuards(AccountGuard) once() { return []; }
        }
        @Controller('rows') export class Rows extends Base { @Get('again') again() { return []; } }
    """
    found = routes({"src/main.ts": STARTED, "src/rows.ts": dedent(rows)})
    assert sorted((each.name, each.enforcement) for each in found) == [("GET /rows/again", "none"), ("GET /rows/once", "enforced")]
