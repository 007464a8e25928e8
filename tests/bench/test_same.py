"""What is compared, and how a difference is told."""

from bench.same import differences, settle


def test_what_is_new_each_time_is_not_compared() -> None:
    """Ids of answers, the port and times; all else is."""
    said = '{"id":"%s","timings_ms":{"answer":%d},"link":"http://127.0.0.1:%d/fr/"}'
    first, second = said % ("0a" * 16, 1, 20_001), said % ("9f" * 16, 2, 20_002)
    assert settle(first) == settle(second) == '{"id":"*",,"link":"http://*/fr/"}'
    assert settle("2024-11-01-s-9f742ebe, 12 ms") == "2024-11-01-s-9f742ebe, 12 ms"


def test_only_lines_that_differ_are_told() -> None:
    """By what was asked: as they were, as they are."""
    before = {"/fr/": "a\nb\nc", "/en/": "a"}
    assert differences({"/fr/": "a\nB\nc", "/en/": "a"}, before) == {
        "/fr/": ["@@ -2 +2 @@\n", "-b", "+B"]
    }
    assert differences(before, before) == {}
