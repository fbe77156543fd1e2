"""The meeting page: its error against runs that it has not seen, by formulas typed in, and in a browser by moving sliders."""

import json
import re
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest
from browser import STEP_OVER_PICTURE, chromium
from click.testing import CliRunner

import simsurance as ss
from simsurance.answers import page as pages
from simsurance.answers import surrogate, surrogate_draws
from simsurance.answers.sliders import KNOWN, MOST, sliders_of
from simsurance.answers.surrogate import Bank, Surrogate, checked_settings, degrees_of, depleted_by, fitted_settings
from simsurance.cli import demo, main
from simsurance.errors import ExitCode, SimsuranceError
from simsurance.language import languages, words
from simsurance.ledger import RESIDENT
from simsurance.output import meeting_page
from simsurance.output.meeting_page import html
from simsurance.results import accounts_of
from simsurance.uncertainty.sampling import Sample

SHARE, COST = "contribution_share", "cost_growth"
UNSEEN = {SHARE: 0.0113, COST: 0.0038, "payment_ratio": 0.635}
"""Sizes of levers at which nothing was fitted, and at which sliders stand."""
SHORT = {"horizon.last_year": 2045}


@pytest.fixture(scope="module")
def made():
    """A page of three levers and few draws over twenty years."""
    sliders = sliders_of(ss.load("baseline").replace(SHORT), list(UNSEEN))
    return pages.page(sliders, Sample(16, 1), "plain", 1, 24, 11)


@pytest.fixture(scope="module")
def unseen(made):
    """The engine's run at UNSEEN, with the entries of the scenario itself as in a comparison."""
    sliders = made.sliders
    setting = np.array([slider.at(UNSEEN[slider.name]) for slider in sliders.each])
    (run,) = accounts_of([sliders.at(setting)], made.central.entries)
    return run


def test_a_balance_accumulates_as_by_hand():
    """Opening 100; 10 in, 60 out, twice; 2 % on funds, 4 % on deficits, flows at the year's end."""
    bank = Bank(np.array([100.0]), np.array([0.02, 0.02, 0.02]), np.array([0.04, 0.04, 0.04]), 0.0)
    flows = np.array([[[10.0, 10.0, 10.0], [60.0, 70.0, 60.0]]])
    first = 100 * 1.02 - 50
    second = first * 1.02 - 60
    third = second * 1.04 - 50
    assert (first, round(second, 2), round(third, 4)) == (52.0, -6.96, -57.2384)
    assert bank.closing(flows)[0] == pytest.approx([first, second, third], rel=1e-12)
    assert depleted_by(bank.closing(flows), flows)[0].tolist() == [False, True, True]


def test_a_polynomial_is_a_sum_of_products_of_chebyshev_polynomials():
    """e^(2 + 3 T1(x) T2(y)) at x = ½, y = −½: T1 = ½, T2 = 2·¼ − 1 = −½, so e^(2 − ¾)."""
    found = Surrogate(((0, 0), (1, 2)), np.array([2.0, 3.0]).reshape(2, 1, 1, 1))
    assert found.flows(np.array([[0.5, -0.5]])).item() == pytest.approx(np.exp(1.25))
    assert len(degrees_of(2)) == 15


def test_points_that_are_checked_are_none_of_those_fitted_and_hold_all_corners():
    fitted, checked = fitted_settings(3), checked_settings(3, 24)
    assert len(checked) == 24
    assert {tuple(point) for point in checked[:8]} == {(a, b, c) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)}
    assert not {tuple(point) for point in fitted} & {tuple(point) for point in checked}
    assert len(surrogate.checked_settings(6, surrogate.CHECKS)) == surrogate.CHECKS == 200


@pytest.mark.long
def test_the_scenario_itself_is_met_exactly(made):
    flows = made.surrogate.flows(made.sliders.own[None])[0]
    own = made.central.accounts[RESIDENT]["reserve_months"]
    assert surrogate.months_of(made.bank.closing(flows), flows)[0] == pytest.approx(own, rel=1e-9)


@pytest.mark.long
def test_the_error_is_less_than_is_borne_in_every_year_and_is_one(made, unseen):
    assert made.checked.holds
    assert (made.checked.errors > 0).any()
    assert made.draws_checked.holds
    setting = np.array([slider.at(UNSEEN[slider.name]) for slider in made.sliders.each])
    flows = made.surrogate.flows(setting[None])[0]
    months = surrogate.months_of(made.bank.closing(flows), flows)
    for place, fund in enumerate(made.funds):
        engine = unseen.accounts[fund]["reserve_months"]
        assert (np.abs(months[place] - engine) <= np.maximum(0.1, 0.005 * np.abs(engine))).all()
        assert np.abs(engine - made.central.accounts[fund]["reserve_months"]).max() > 1


@pytest.mark.long
def test_a_run_of_the_setting_is_the_comparison_of_the_same_keys(made, unseen):
    base = made.sliders.scenario
    changes = {
        key: value for slider in made.sliders.each for key, value in slider.vary.changes(UNSEEN[slider.name]).items()
    }
    compared = ss.compare(base, base.replace(changes)).results[1].shown
    assert np.array_equal(compared.account["closing"], unseen.account["closing"])


@pytest.mark.long
def test_chances_at_a_setting_are_those_of_draws_of_it(made):
    """The same draws with the scenario and with the setting, by `stochastic`."""
    base = made.sliders.scenario
    setting = np.array([slider.at(UNSEEN[slider.name]) for slider in made.sliders.each])
    runs = ss.stochastic(base, made.sliders.at(setting), draws=16, engine="plain")
    flows = made.draws.flows(made.surrogate.flows(setting[None])[0], setting - made.sliders.own)
    ours = depleted_by(made.draws.bank.closing(flows), flows).mean(axis=0)
    moved = 0.0
    for place, fund in enumerate(made.funds):
        own, engine = (each.probabilities.loc[fund, "depleted"].to_numpy() for each in runs.results)
        assert np.abs(ours[place] - engine).max() <= 1 / 16 + 1e-12
        moved = max(moved, np.abs(engine - own).max())
    assert moved > 1 / 16


@pytest.mark.long
def test_a_draw_that_is_not_run_at_a_setting_would_have_counted_alike(made):
    """Every draw is run at the settings at which few were: the error is the same."""
    full, others = surrogate_draws._checks(len(made.sliders.each), 11)
    assert (len(full), len(others)) == (surrogate_draws.IN_FULL, 3)
    assert 0 < made.draws_checked.run < 0.6
    base, settings = made.sliders.scenario, others[:2]
    runs = ss.stochastic(base, *map(made.sliders.at, settings), draws=16, engine="plain")
    for row, setting in enumerate(settings):
        flows = made.draws.flows(made.surrogate.flows(setting[None])[0], setting - made.sliders.own)
        ours = depleted_by(made.draws.bank.closing(flows), flows).mean(axis=0)
        for place, fund in enumerate(made.funds):
            engine = runs.results[1 + row].probabilities.loc[fund, "depleted"].to_numpy()
            told = made.draws_checked.chance_errors[len(full) + row, place]
            assert np.abs(ours[place] - engine) == pytest.approx(told, abs=1e-12)


def test_chances_are_checked_where_months_are_with_all_corners():
    full, others = surrogate_draws._checks(6, surrogate_draws.CHECKS)
    assert len(full) + len(others) == surrogate_draws.CHECKS == 200
    every = {tuple(setting) for setting in checked_settings(6, surrogate.CHECKS)}
    assert {tuple(setting) for setting in (*full, *others)} == every
    assert (full[0] == -full[1]).all()
    assert np.abs(full[:2]).min() == 1
    assert sum(np.abs(setting).min() == 1 for setting in (*full, *others)) == 64


@pytest.mark.long
def test_a_lever_is_narrower_where_the_error_would_be_too_large_and_the_page_says_so(monkeypatch):
    base = ss.load("baseline").replace({"horizon.last_year": 2032, "employee.projected": False})
    sliders = sliders_of(base, ["cost_growth=-0.15:0.15"])
    monkeypatch.setattr(surrogate, "MOST_SHARE", 1e-9)
    monkeypatch.setattr(surrogate, "MOST_MONTHS", 0.0005)
    found = pages.page(sliders, None, "plain", 1, 12)
    (slider,) = found.sliders.each
    assert slider.narrowed
    assert -0.15 < slider.vary.low < slider.vary.own < slider.vary.high < 0.15
    assert "from -0.15 to 0.15, as asked" in html(found)
    monkeypatch.setattr(surrogate, "MOST_MONTHS", 1e-15)
    with pytest.raises(SimsuranceError, match=r"would miss the engine by more than is borne"):
        pages.page(sliders, None, "plain", 1, 12)


@pytest.mark.long
def test_a_lever_that_nobody_named_and_that_moves_nothing_is_left_out_and_told():
    """Contributions by a schedule do not hang on a share of income."""
    rules = {f"contributions.{each}.rule": {"2019": "schedule"} for each in ("personal", "subsidy")}
    base = ss.load("baseline").replace({"horizon.last_year": 2027, "employee.projected": False, **rules})
    found = pages.page(sliders_of(base), None, "plain", 1, 64)
    assert found.left_out == ("contribution_share", "subsidy_share", "late_retirement")
    assert [slider.name for slider in found.sliders.each] == ["cost_growth", "income_growth", "payment_ratio"]
    assert "Left out, for they move no fund of this scenario: " in html(found)


def page(*arguments):
    return CliRunner().invoke(main, ["page", *map(str, arguments)], prog_name="simsurance")


@pytest.mark.parametrize(
    ("levers", "code", "line"),
    [
        ("contribution_shar", 2, "--levers contribution_shar: is no lever; did you mean contribution_share?"),
        ("nothing", 2, "--levers nothing: is no lever; one of contribution_share, "),
        ("cost_growth,claims.trend.residual_growth=0.5:1.5", 2, "claims.trend.residual_growth is moved twice"),
        ("contribution_share=0.011:0.013", 2, "the scenario itself has 0.00922148, which is not between its bounds"),
        ("fund.administration_shar=0:0.1", 2, "has no such key; did you mean fund.administration_share?"),
        (
            "contributions.personal.growth_rate=-0.1:0.1",
            3,
            "contributions.personal.growth_rate moves no fund of baseline",
        ),
        ("economy.interest_rate=0.5:1.5", 3, "interest moves with economy.interest_rate"),
        (",".join(["cost_growth"] * 7), 2, f"--levers: 7 levers; at most {MOST}"),
    ],
)
def test_levers_that_cannot_be_are_one_line_and_nothing_is_written(tmp_path, levers, code, line):
    failed = page(
        "baseline",
        "--set",
        "horizon.last_year=2028",
        "--levers",
        levers,
        "--draws",
        "0",
        "--jobs",
        "1",
        "--out",
        tmp_path,
    )
    assert failed.exit_code == code, failed.output
    assert line in failed.stderr
    assert len(failed.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_bounds_beyond_those_of_a_key_are_told_before_anything_is_run(tmp_path):
    failed = page("baseline", "--levers", "payment_ratio=0.5:1.2", "--out", tmp_path)
    assert failed.exit_code == ExitCode.INPUT
    assert "1.2 is outside 0 to 1" in failed.stderr


def test_every_known_lever_moves_the_baseline_or_a_scheme_on_earnings_and_has_a_label():
    nation, on_earnings = (sliders_of(ss.load(name)).each for name in ("baseline", "korea"))
    assert [slider.name for slider in nation] == [name for name in KNOWN if name != "contribution_rate"]
    assert [slider.name for slider in on_earnings] == [
        "cost_growth",
        "income_growth",
        "payment_ratio",
        "contribution_rate",
    ]
    for slider in (*nation, *on_earnings):
        assert slider.vary.low <= slider.vary.own <= slider.vary.high
        assert all(f"page.lever.{slider.name}" in words(lang).entries for lang in languages())


@pytest.mark.long
def test_the_command_writes_a_page_its_errors_and_a_scenario_and_tells_the_error(tmp_path):
    arguments = ["--set", "horizon.last_year=2028", "--levers", SHARE, "--draws", "0", "--jobs", "1", "--out", tmp_path]
    done = page("baseline", *arguments)
    assert (done.exit_code, done.stderr) == (0, "")
    folder = tmp_path / "page-baseline"
    assert sorted(file.name for file in folder.iterdir()) == [
        "errors.csv",
        "manifest.json",
        "page.html",
        "scenario.toml",
    ]
    assert "at 200 settings that were not fitted, the 2 corners among them" in done.stdout
    before = (folder / "page.html").read_bytes()
    told = json.loads(page("baseline", *arguments, "--json").stdout)
    assert (folder / "page.html").read_bytes() == before
    assert told["errors"]["resident"]["share"] <= 1
    assert told["levers"][0]["keys"] == ["contributions.personal.income_share"]
    assert told["sample"] is None


def test_a_demo_is_a_page_of_the_baseline(monkeypatch, tmp_path):
    seen = []
    monkeypatch.setattr(demo, "made", lambda *given: seen.append(given))
    assert CliRunner().invoke(main, ["demo", "--out", str(tmp_path)]).exit_code == 0
    assert seen[0][:2] == ("baseline", [*demo.LEVERS])
    assert set(demo.LEVERS) <= set(KNOWN)


@pytest.mark.long
@pytest.mark.parametrize("lang", languages())
def test_a_page_needs_no_network_and_is_small(made, lang):
    text = html(made, lang)
    assert len(text.encode()) < meeting_page.MOST_BYTES
    assert not re.search(r"https?:|\bsrc=|\burl\((?!#)|@import|<link", text)
    assert "default-src 'none'" in text
    assert f'<html lang="{words(lang).label("page.html_lang")}">' in text


@pytest.mark.long
def test_a_page_that_would_be_too_large_is_refused(made, monkeypatch):
    monkeypatch.setattr(meeting_page, "MOST_BYTES", 1000)
    with pytest.raises(SimsuranceError, match="fewer --draws or fewer --levers"):
        html(made)


@pytest.mark.long
def test_a_title_is_text(made):
    told = "</script><b>1 & 2"
    central = replace(made.central, scenario=made.central.scenario.replace({"title": told}))
    text = html(replace(made, central=central))
    assert told not in text
    assert "&lt;/script&gt;&lt;b&gt;1 &amp; 2" in text


# In a browser


@pytest.fixture(scope="module")
def browser():
    with chromium() as found:
        yield found


@pytest.fixture
def shown(browser, made, tmp_path):
    """The page as a file in a browser without network; what went wrong is asserted at the end."""
    (tmp_path / "page.html").write_text(html(made), encoding="utf-8")
    context = browser.new_context(offline=True, viewport={"width": 1200, "height": 1000})
    tab, wrong, asked = context.new_page(), [], []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"file://{quote(str(tmp_path / 'page.html'))}")
    yield tab
    assert wrong == []
    assert {url.partition("#")[0].rpartition("/")[2] for url in asked} == {"page.html"}
    context.close()


MOVE = """(slider, size) => {
    slider.value = size;
    slider.dispatchEvent(new Event("input"));
    slider.dispatchEvent(new Event("change"));
}"""


def moved(tab, made):
    for row, slider in enumerate(made.sliders.each):
        tab.eval_on_selector(f"#slider-{row}", MOVE, UNSEEN[slider.name])


@pytest.mark.long
def test_sliders_moved_in_a_browser_give_what_the_engine_gives(shown, made, unseen):
    moved(shown, made)
    sizes = shown.evaluate("meeting.state.b")
    assert sizes == pytest.approx([UNSEEN[slider.name] for slider in made.sliders.each], rel=1e-9)
    for place, fund in enumerate(made.funds):
        shown.check(f'input[name=fund][value="{place}"]')
        months = np.array(list(shown.evaluate("Array.from(meeting.state.found.b.months)")))
        engine = unseen.accounts[fund]["reserve_months"]
        near = np.array([slider.at(size) for slider, size in zip(made.sliders.each, sizes, strict=True)])
        flows = made.surrogate.flows(near[None])[0]
        assert months == pytest.approx(surrogate.months_of(made.bank.closing(flows), flows)[place], abs=1e-6)
        assert (np.abs(months - engine) <= np.maximum(0.1, 0.005 * np.abs(engine))).all()
        drawn = made.draws.flows(flows, near - made.sliders.own)
        chances = depleted_by(made.draws.bank.closing(drawn), drawn).mean(axis=0)[place]
        assert list(shown.evaluate("meeting.state.found.b.chances")) == pytest.approx(list(chances), abs=1e-12)
        closing = made.draws.bank.closing(drawn)
        fan = np.percentile(surrogate.months_of(closing, drawn)[:, place], [10, 90], axis=0)
        bands = np.array(shown.evaluate("meeting.state.found.b.bands.map(band => [band[1], band[5]])"))
        assert np.allclose(bands.T, fan, rtol=1e-4, atol=1e-3)


@pytest.mark.long
def test_what_is_told_is_what_is_computed(shown, made, unseen):
    moved(shown, made)
    depleted = unseen.measures["value"].get("depletion_year")
    told = shown.inner_text("#sentence .b")
    assert (str(int(depleted)) if depleted == depleted else "is not depleted") in told
    row = shown.inner_text("#table tr:has-text('Months covered, end of 2035')").split("\t")
    assert float(row[2].replace("deficit ", "-")) == pytest.approx(unseen.account["reserve_months"][9], abs=0.16)


@pytest.mark.long
def test_a_link_holds_the_settings_and_a_keyboard_moves_a_slider(shown, made):
    shown.focus("#slider-0")
    shown.keyboard.press("ArrowRight")
    shown.keyboard.press("ArrowRight")
    own = made.sliders.each[0].vary.own
    state = shown.evaluate("meeting.state")
    assert state["b"][0] > own == state["a"][0]
    link = shown.url
    shown.goto("about:blank")
    shown.goto(link)
    assert shown.evaluate("meeting.state.b") == state["b"]
    shown.click("#buttons button:nth-of-type(2)")
    assert shown.evaluate("meeting.state.b") == [slider.vary.own for slider in made.sliders.each]


@pytest.mark.long
def test_the_scenario_file_of_a_setting_is_one(shown, made, tmp_path):
    moved(shown, made)
    (tmp_path / "scenario.toml").write_text(made.sliders.scenario.to_toml(str), encoding="utf-8")
    mine = tmp_path / "mine.toml"
    mine.write_text(shown.text_content("#toml"), encoding="utf-8")
    sizes = shown.evaluate("meeting.state.b")
    at = np.array([slider.at(size) for slider, size in zip(made.sliders.each, sizes, strict=True)])
    (engine,) = accounts_of([made.sliders.at(at)])
    (own,) = accounts_of([ss.load(mine)])
    assert own.account["closing"] == pytest.approx(engine.account["closing"], rel=1e-6)


@pytest.mark.long
def test_words_of_the_picture_lie_within_it_and_do_not_overlap(shown, made):
    moved(shown, made)
    boxes = shown.evaluate(
        "Array.from(document.querySelectorAll('#chart text'), each => { const box = each.getBBox(); "
        "return [box.x, box.y, box.x + box.width, box.y + box.height]; })"
    )
    assert len(boxes) > 10
    for left, top, right, bottom in boxes:
        assert min(left, top) >= 0, (left, top)
        assert right <= 860, right
        assert bottom <= 560, bottom
    for place, one in enumerate(boxes):
        for other in boxes[place + 1 :]:
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] + 2 or other[3] <= one[1] + 2
            assert apart, (one, other)


@pytest.mark.long
def test_a_step_of_a_slider_costs_at_most_twice_the_picture(browser, made, tmp_path):
    """With 128 draws: medians of alternating pairs, layout included."""
    draws = made.draws
    many = replace(
        draws,
        apart=np.tile(draws.apart, (8, 1, 1, 1)),
        bends=np.tile(draws.bends, (1, 1, 8, 1, 1, 1)),
        bank=replace(
            draws.bank,
            opening=np.tile(draws.bank.opening, (8, 1)),
            rates=np.tile(draws.bank.rates, (8, 1, 1)),
            deficit_rates=np.tile(draws.bank.deficit_rates, (8, 1, 1)),
        ),
        sample=Sample(128, 1),
    )
    (tmp_path / "page.html").write_text(html(replace(made, draws=many)), encoding="utf-8")
    tab = browser.new_page()
    tab.goto(f"file://{quote(str(tmp_path / 'page.html'))}")
    assert min(tab.evaluate(STEP_OVER_PICTURE, 15) for _ in range(3)) <= 2
