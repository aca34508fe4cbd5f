"""A server that ends while the cinema is open comes back on its port; one that cannot is told."""

import asyncio
from contextlib import asynccontextmanager

import psycopg
import pytest

from backend.kit.tasks import end
from backend.onebox.postgres import cluster as postgres
from backend.onebox.postgres.keeping import keep_running
from backend.onebox.postgres.problems import PostgresRefused
from tests.support.onebox import temporary_folder

pytestmark = pytest.mark.integration


@pytest.fixture
def server():
    with temporary_folder() as state:
        started = postgres.start(state / "postgres")
        yield started
        started.stop()
        assert started._server is not None
        started._server.wait(30)


@asynccontextmanager
async def kept(server: postgres.Cluster):
    task = asyncio.create_task(keep_running(server, pause_s=0.05))
    yield task
    await end(task)


async def until_back(dsn: str) -> list[tuple[object, ...]]:
    async with asyncio.timeout(60):
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(dsn) as connection:
                    return await (await connection.execute("SELECT seat FROM sold")).fetchall()
            except psycopg.OperationalError:
                await asyncio.sleep(0.05)


async def test_server_whose_plug_was_pulled_comes_back_where_it_was(server):
    dsn = server.ensure_database("movies")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("CREATE TABLE sold AS SELECT 17 AS seat")
    first = server.pid

    async with kept(server):
        await asyncio.to_thread(server.stop, is_immediate=True)
        rows = await until_back(dsn)

    assert rows == [(17,)]
    assert server.pid not in {0, first}


async def test_server_that_does_not_start_any_more_is_told(server):
    version = server.folder / "data" / "PG_VERSION"
    kept_text = version.read_text()

    async with kept(server) as task:
        await asyncio.to_thread(server.stop, is_immediate=True)
        version.write_text("1\n")
        try:
            with pytest.raises(PostgresRefused, match="PostgreSQL did not start"):
                async with asyncio.timeout(60):
                    await task
        finally:
            version.write_text(kept_text)
