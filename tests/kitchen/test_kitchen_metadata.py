"""Every published shape of the metadata gives the same stickers, and only the latest ones."""

import json

import pytest

from fusion.kitchen.metadata import KitchenError, Sticker, read_metadata


def entry(left, right, date, latest=None, **more):
    found = {
        "leftEmojiCodepoint": left,
        "rightEmojiCodepoint": right,
        "date": date,
        "gStaticUrl": f"https://x/{date}.png",
    }
    return found | ({} if latest is None else {"isLatest": latest}) | more


def write(folder, content):
    path = folder / "metadata.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_today_list_and_first_shape_agree(tmp_path):
    old, new = entry("1f600", "2764-fe0f", "20201001", False), entry("1f600", "2764-fe0f", "20230418", True)
    today = {"data": {"1f600": {"combinations": {"2764-fe0f": [new, old]}}}}
    plain = [{key: value for key, value in item.items() if key != "isLatest"} for item in (old, new)]
    lists = {"data": {"1f600": {"combinations": plain}, "2764-fe0f": {"combinations": plain}}}
    bare = [{"leftEmoji": "1f600", "rightEmoji": "2764-fe0f", "date": date} for date in ("20201001", "20230418")]
    found = [read_metadata(write(tmp_path, content)) for content in (today, lists, {"1f600": bare})]
    assert [[(s.left, s.right, s.date) for s in stickers] for stickers in found] == [
        [("1f600", "2764-fe0f", "20230418")]
    ] * 3
    assert found[2][0].url == (
        "https://www.gstatic.com/android/keyboard/emojikitchen/20230418/u1f600/u1f600_u2764-ufe0f.png"
    )


def test_the_mark_outranks_the_date_and_the_order_of_the_emoji(tmp_path):
    marked, newer = entry("1f600", "1f525", "20210101", True), entry("1f525", "1f600", "20240101", False)
    for order in ((marked, newer), (newer, marked)):
        [sticker] = read_metadata(write(tmp_path, {"data": {"1f525": {"combinations": {"1f600": list(order)}}}}))
        assert (sticker.left, sticker.date) == ("1f600", "20210101")


@pytest.mark.parametrize(
    "bad",
    [
        {"leftEmojiCodepoint": "../../etc"},
        {"date": "../2023"},
        {"date": None},
        {"gStaticUrl": "file:///etc/passwd"},
        {"rightEmojiCodepoint": 7},
    ],
)
def test_entries_that_could_lead_astray_are_left_out(tmp_path, bad):
    good = entry("1f600", "1f525", "20210101")
    content = {"data": {"1f600": {"combinations": [good, entry("1f601", "1f525", "20210101") | bad]}}}
    assert [sticker.left for sticker in read_metadata(write(tmp_path, content))] == ["1f600"]


def test_names_and_keys():
    sticker = Sticker("2764-fe0f-200d-1fa79", "1f600", "20210218", "https://x")
    assert sticker.keys == ("2764-200d-1fa79", "1f600")
    assert sticker.file == "stickers/2764-fe0f-200d-1fa79/2764-fe0f-200d-1fa79_1f600_20210218.png"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"data": 3}', '{"data": {"1f600": {"combinations": 5}}}'])
def test_other_files_are_refused_in_one_sentence(tmp_path, text):
    path = tmp_path / "metadata.json"
    path.write_text(text)
    with pytest.raises(KitchenError, match="metadata"):
        read_metadata(path)
    with pytest.raises(KitchenError, match="no file"):
        read_metadata(tmp_path / "none.json")
