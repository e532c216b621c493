"""F11: files of a lake that are damaged or gone: a verb names them and ends with 3, or what is damaged does not matter."""

import pytest

from tests.faults.plan import FULL
from tests.unit.audiences.shop import build, event, members, shop_with


def newest(folder, pattern):
    return max(folder.glob(pattern), key=lambda file: file.name)


def cut(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


DAMAGE = {
    "parquet cut": lambda folder: [cut(one) for one in folder.rglob("*.parquet")],
    "parquet gone": lambda folder: [one.unlink() for one in folder.rglob("*.parquet")],
    "parquet empty": lambda folder: [one.write_bytes(b"") for one in folder.rglob("*.parquet")],
    "commit torn": lambda folder: cut(newest(folder, "_delta_log/*.json")),
    "commit garbage": lambda folder: newest(folder, "_delta_log/*.json").write_bytes(b"\x00\xff{]" * 50),
    "commit gone": lambda folder: sorted(folder.glob("_delta_log/*.json"))[0].unlink(),
}  # fmt: skip
HARMLESS = {
    "checksums garbage": lambda folder: [one.write_bytes(b"\x00") for one in folder.glob("_delta_log/*.crc")],
    "checksums gone": lambda folder: [one.unlink() for one in folder.glob("_delta_log/*.crc")],
    "stray files": lambda folder: [
        (folder / name).write_text("x") for name in ("part-0.parquet.tmp", "_delta_log/.00000000000000000099.json.tmp", "_delta_log/x.tmp", "stray.parquet")
    ],
}  # fmt: skip
TABLES = ("audience_changes", "audience_members", "audience_runs", "claims", "sink_ledger", "journeys/shop")
READ_BY_DELIVER = ("audience_changes", "sink_ledger")  # where nothing is pending, it reads what else there is as far as it must
CASES = [(table, how) for table in TABLES for how in DAMAGE if FULL or (TABLES.index(table) + [*DAMAGE].index(how)) % 3 == 0]


@pytest.fixture(scope="module")
def whole(spark, tmp_path_factory):
    """A shop that was published and delivered, and has something new to tell."""
    shop = shop_with(tmp_path_factory.mktemp("damaged") / "shop", "buyers")
    assert [shop.run("publish"), shop.run("deliver")] == [0, 0]
    build(shop, event(7, login="cid"))
    return shop


@pytest.mark.fault("F11")
@pytest.mark.parametrize(("table", "how"), CASES)
def test_f11_what_is_damaged_is_named_and_nothing_is_made_of_it(whole, tmp_path, capsys, table, how):
    shop = whole.copied_to(tmp_path / "shop")
    DAMAGE[how](shop.lake / table)
    before = sorted(one.name for one in (shop.lake / "audience_changes" / "_delta_log").glob("*.json"))
    codes = [shop.run("publish"), shop.run("deliver")]
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    if table != "sink_ledger":
        assert codes[0] in (3, 6), said.err
        assert sorted(one.name for one in (shop.lake / "audience_changes" / "_delta_log").glob("*.json")) == before
    assert codes[1] in ((3, 6) if table in READ_BY_DELIVER else (0, 3, 6)), said.err


@pytest.mark.fault("F11")
@pytest.mark.parametrize("how", HARMLESS)
def test_f11_what_does_not_matter_stops_nothing(whole, spark, tmp_path, how):
    shop = whole.copied_to(tmp_path / "shop")
    for table in TABLES:
        HARMLESS[how](shop.lake / table)
    assert [shop.run("publish"), shop.run("deliver")] == [0, 0]
    assert members(spark, shop) == ["ann", "bob", "cid"]
