"""Coordinates of small charts."""

from rapport.web.charts import HEIGHT, MARGIN, WIDTH, Point, bar_width, sparkline


def test_a_series_goes_from_the_left_margin_to_the_right_one():
    found = sparkline([Point(1.0), Point(2.0), Point(1.5)])
    assert found.lines[0].split()[0].split(",")[0] == f"{MARGIN:g}"
    assert found.end == (f"{WIDTH - MARGIN:g}", f"{HEIGHT / 2:g}")


def test_a_month_without_a_figure_breaks_the_line():
    found = sparkline([Point(1.0), Point(2.0), Point(None), Point(2.0), Point(1.0)])
    assert len(found.lines) == 2


def test_a_value_between_gaps_is_a_dot():
    found = sparkline([Point(1.0), Point(None), Point(2.0), Point(None), Point(1.0)])
    assert (len(found.lines), len(found.dots)) == (0, 3)


def test_a_band_goes_along_the_upper_ends_and_back_along_the_lower():
    found = sparkline([Point(2.0, 1.0, 3.0), Point(2.0, 1.0, 3.0)])
    xs = [pair.split(",")[0] for pair in found.bands[0].split()]
    assert xs == ["4", "236", "236", "4"]


def test_one_value_is_no_series():
    assert sparkline([Point(1.0), Point(None)]) is None


def test_a_wide_interval_does_not_flatten_the_others():
    calm = [Point(10.0, 9.5, 10.5), Point(11.0, 10.5, 11.5)]
    found = sparkline([Point(10.5, -90.0, 110.0), *calm])
    ys = [float(pair.split(",")[1]) for pair in found.lines[0].split()]
    assert max(ys) - min(ys) >= (HEIGHT - 2 * MARGIN) / 3 - 0.1


def test_equal_values_lie_in_the_middle():
    found = sparkline([Point(5.0), Point(5.0)])
    assert {pair.split(",")[1] for pair in found.lines[0].split()} == {f"{HEIGHT / 2:g}"}


def test_the_longest_bar_fills_the_whole():
    assert bar_width(0.4, 0.4) == "100"
