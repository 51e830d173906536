"""The names on a drawn map can be read."""

from itertools import pairwise

from admin_web.maps import LINE, apart


def test_no_name_of_a_county_lies_over_another() -> None:
    close = [(500.0, 300.0, "鹿城区"), (520.0, 305.0, "瓯海区"), (480.0, 310.0, "龙湾区"), (900.0, 302.0, "乐清市")]
    found = {name: (x, y) for x, y, name in apart(close)}
    assert found["鹿城区"] == (500.0, 300.0)
    assert found["乐清市"] == (900.0, 302.0), "far from the others"
    near = sorted(found[name][1] for name in ("鹿城区", "瓯海区", "龙湾区"))
    assert all(after - before >= LINE for before, after in pairwise(near))
    assert [x for x, _, _ in apart(close)].count(520.0) == 1, "moved down, never aside"
