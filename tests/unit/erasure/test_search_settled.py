"""The search at the end is done again where events or journeys were written meanwhile, as off a local disk nobody is kept out."""

from cja_spark.erasure import search


def test_it_is_searched_again_until_no_table_was_written_meanwhile(lake, monkeypatch):
    values, checks, searches = lake.values("shop").create(), [], []

    def searched(*_):
        searches.append(len(checks))
        if len(searches) < 3:
            values.append(values.frame([("page", len(searches), "home")]))
        return 7

    monkeypatch.setattr(search, "search", searched)
    assert search.search_settled(lake, {}, None, lambda: checks.append(1)) == 7
    assert searches == [1, 2, 3]
