"""What is counted is what PostgreSQL wrote down: log records and statements."""

from collections import Counter

from bench.limit.statements import sent
from bench.limit.wal import counts
from bench.lines.l_statements import without

WAL = """
WAL statistics between 0/1 and 0/2:
Type                     N      (%)
----                     -      ---
Heap/INSERT           1024 ( 40.00)  100 ( 1.00)
Heap/INSERT+INIT         4 (  0.10)  100 ( 1.00)
Heap/HOT_UPDATE        128 (  5.00)  100 ( 1.00)
Heap/LOCK              128 (  5.00)  100 ( 1.00)
Btree/INSERT_LEAF     1660 ( 50.00)  100 ( 1.00)
Btree/SPLIT_R            3 (  0.10)  100 ( 1.00)
Btree/NEWROOT            1 (  0.10)  100 ( 1.00)
                      ----          ----
Total                 2953           900
"""
LOG = """moviemesh-bench|movies|LOG:  execute _pg3_1: SELECT place_orders($1,
\t$2)
moviemesh-bench|movies|DETAIL:  parameters: $1 = '[]'
moviemesh-bench|ticket|LOG:  statement: SELECT 1
moviemesh-bench||LOG:  checkpoint starting: time
moviemesh-bench|movies|LOG:  statement: BEGIN
"""


def test_records_of_the_log_are_counted_by_what_they_are():
    assert counts(WAL) == {"rows": 1028, "updates": 128, "deletes": 0, "index entries": 1663}


def test_statements_are_read_whole_with_their_database():
    assert sent(LOG) == [
        ("movies", "SELECT place_orders($1, $2)"),
        ("ticket", "SELECT 1"),
        ("movies", "BEGIN"),
    ]


def test_what_an_idle_service_sends_is_left_out():
    found = Counter({"SELECT a": 3, "SELECT due": 2, "SELECT set_config('x', 'y', false)": 1})

    assert without(found, Counter({"SELECT due": 5})) == Counter({"SELECT a": 3})
