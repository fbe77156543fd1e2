"""The packaged font draws every label of a Chinese chart, is small, and is the file that its README describes."""

import hashlib
import io
import re
import warnings
from importlib.resources import files

import pytest
from matplotlib import font_manager, rc_context
from matplotlib.figure import Figure

from simsurance.language import languages, words

FOLDER = files("simsurance") / "output" / "fonts"
FONT = FOLDER / "SimsuranceSansSC-Regular.otf"
FAMILY = "Simsurance Sans SC"

LABELS = """
基金可支付月数 累计结余（亿元） 参保人数（万人） 当期结余 穿底 2026 −12.5% +3％ ±1.96 ×10⁻³ ≤6～9个月 0–100 岁
城乡居民基本医疗保险 职工 缴费标准（元/人·年） 财政补助 待遇等待期 连续参保激励 统筹基金 大病保险 门诊慢特病
情景“低” 《办法》、第①项；H₂O CO₂ m²
北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南
湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆
▲▼△▽ ←→↑↓ ●○■□◆★ …—— €¥￥ ‰ ° β μ Σ ≈≠≥∑ 亳州 漯河 濮阳 衢州 儋州 邛崃 仫佬
"""


def draw(text, families):
    with rc_context({"font.family": families, "axes.unicode_minus": True}):
        figure = Figure()
        axes = figure.add_subplot()
        axes.plot([-1, 1], [-1, 1])
        axes.set_title(text)
        for kind in ("png", "svg"):
            figure.savefig(io.BytesIO(), format=kind)


@pytest.fixture(scope="module", autouse=True)
def packaged_font():
    font_manager.fontManager.addfont(str(FONT))


@pytest.mark.parametrize("line", LABELS.strip().splitlines())
def test_every_label_is_drawn_without_a_missing_glyph(line):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(line, [FAMILY, "DejaVu Sans"])


def test_the_font_holds_every_word_of_every_language():
    held = font_manager.get_font(str(FONT)).get_charmap()
    told = [entry for lang in languages() for entry in words(lang).entries.values() if isinstance(entry, str)]
    assert {character for text in told for character in text if ord(character) not in held} - {"\n"} == set()


def test_a_missing_glyph_is_an_error_in_this_test_suite():
    with pytest.raises(UserWarning, match=r"Glyph .* missing"):
        draw("亿元", ["DejaVu Sans"])


def test_the_font_holds_all_of_gb_2312_and_is_under_two_megabytes():
    held = font_manager.get_font(str(FONT)).get_charmap()
    rows, cells = range(0xA1, 0xFF), range(0xA1, 0xFF)
    wanted = {bytes([row, cell]).decode("gb2312", errors="ignore") for row in rows for cell in cells} - {""}
    assert len(wanted) == 7445
    assert {character for character in wanted if ord(character) not in held} == set()
    assert len(FONT.read_bytes()) < 2_000_000


def test_the_font_is_the_one_its_readme_describes_and_the_licence_is_beside_it():
    (recorded,) = re.findall(r"SHA-256 of the subset \| `(\w+)`", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert hashlib.sha256(FONT.read_bytes()).hexdigest() == recorded
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text(encoding="utf-8")
