"""Keys and tokens: kept hashed, read back only by whom they were made for."""

import json
from datetime import date
from pathlib import Path

import pytest

from api import Access, Keys, Role
from api.errors import AccessFileError, BadKeyError, NotFoundError, WrongValueError
from api.tokens import Tokens


def test_a_key_gives_its_role_project_and_datasets(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    key, text = keys.add("analyst", "remand study", ["b/c", "a/b"], date(2999, 1, 1))
    expected = Access(Role.ANALYST, "remand study", frozenset({"a/b", "b/c"}), key.id)
    assert Keys(tmp_path).open(text) == expected
    assert keys.open(f" {text}\n") == expected


def test_the_secret_is_not_in_the_file_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    _, text = Keys(tmp_path).add(Role.OPERATOR, "p")
    path = tmp_path / "access.json"
    assert text.split("_", 2)[2] not in path.read_text(encoding="utf-8")
    assert path.stat().st_mode & 0o077 == 0


def test_only_the_whole_key_opens(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    _, text = keys.add(Role.OPERATOR, "p")
    other, _ = keys.add(Role.ANALYST, "p")
    wrong = [text[:-1], text + "x", text.replace("jg_", "xx_"), "", "jg", "jg__", "_" * 9]
    wrong.append("_".join(["jg", other.id, text.split("_", 2)[2]]))
    for attempt in wrong:
        with pytest.raises(BadKeyError):
            keys.open(attempt)


def test_another_process_s_change_is_seen(tmp_path: Path) -> None:
    serving, command = Keys(tmp_path), Keys(tmp_path)
    key, text = command.add(Role.ANALYST, "p")
    assert serving.open(text).key == key.id
    command.revoke(key.id)
    with pytest.raises(BadKeyError):
        serving.open(text)
    assert [item.revoked is not None for item in command.list()] == [True]


def test_wrong_roles_and_unknown_keys_are_told_what_is_near(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    with pytest.raises(WrongValueError, match="analist") as wrong:
        keys.add("analist", "p")
    assert wrong.value.nearest == ["analyst"]
    with pytest.raises(WrongValueError):
        keys.add("public", "p")
    with pytest.raises(NotFoundError):
        keys.revoke("nothing")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "3", '{"format": 2, "keys": []}', '{"format": 1, "keys": [{}]}']
)
def test_a_damaged_file_opens_nothing_and_says_so(tmp_path: Path, content: str) -> None:
    (tmp_path / "access.json").write_text(content, encoding="utf-8")
    with pytest.raises(AccessFileError, match="JG-API-017"):
        Keys(tmp_path).open("jg_a_b")


def test_a_key_with_an_unknown_role_opens_nothing(tmp_path: Path) -> None:
    Keys(tmp_path).add(Role.ANALYST, "p")
    path = tmp_path / "access.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["keys"][0]["role"] = "everything"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(AccessFileError):
        Keys(tmp_path).list()


def test_a_token_is_read_back_by_the_same_folder_and_project_only(tmp_path: Path) -> None:
    here, there = Tokens.open(tmp_path / "a"), Tokens.open(tmp_path / "b")
    token = here.seal("https://example/é", "p")
    assert Tokens.open(tmp_path / "a").open_token(token, "p") == "https://example/é"
    assert here.open_token(token, "q") is None
    assert here.open_token(token, None) is None
    assert there.open_token(token, "p") is None
    for wrong in ("", "r-", "r-é", "r-AAAA", token[2:], token[:-2], token + "A", token.upper()):
        assert here.open_token(wrong, "p") is None
    assert (tmp_path / "a" / "tokens.key").stat().st_mode & 0o077 == 0


def test_a_token_key_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokens.key").write_bytes(b"short")
    with pytest.raises(AccessFileError):
        Tokens.open(tmp_path)
