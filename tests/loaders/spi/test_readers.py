"""What the readers of the Standard Prosecutor Interface open."""

from xml.sax.saxutils import escape

import pytest

from loaders.court_results_spi.reader import resulted_case
from loaders.errors import FileError
from loaders.police_spi.reader import new_case
from loaders.trees import xml_tree

CASE = (
    "<n:NewCaseMessage xmlns:n='urn:n'><n:Case><n:PTIURN>U</n:PTIURN></n:Case></n:NewCaseMessage>"
)


def routed(content: str) -> str:
    """A RouteData envelope with text in it."""
    return (
        "<RouteData><DataStream><Dated>2013-12-01</Dated><Timed>10:34:13Z</Timed>"
        f"<DataStreamContent>{escape(content)}</DataStreamContent></DataStream></RouteData>"
    )


def posted(content: str) -> str:
    """A SOAP request with text in it."""
    return (
        "<s:Envelope xmlns:s='urn:s'><s:Body><SubmitRequestMes>"
        f"<Timestamp>2023-01-11T10:26:37Z</Timestamp><Message>{escape(content)}</Message>"
        "</SubmitRequestMes></s:Body></s:Envelope>"
    )


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        (CASE, None),
        (routed(CASE), "2013-12-01T10:34:13Z"),
        (posted(routed(CASE)), "2023-01-11T10:26:37Z"),
    ],
)
def test_a_new_case_is_the_same_in_every_envelope(text: str, sent: str | None) -> None:
    assert list(new_case(xml_tree(text))) == [
        {"NewCaseMessage": {"Case": {"PTIURN": "U"}}, "sent": sent}
    ]


def test_text_inside_an_envelope_is_parsed_as_strictly_as_a_file() -> None:
    with pytest.raises(FileError):
        list(new_case(xml_tree(routed("<broken"))))
    with pytest.raises(FileError):
        list(new_case(xml_tree(routed("<!DOCTYPE a [<!ENTITY b 'c'>]><NewCaseMessage/>"))))


def test_envelopes_in_envelopes_end() -> None:
    text = CASE
    for _ in range(8):
        text = routed(text)
    assert not list(new_case(xml_tree(text)))


def test_other_trees_are_not_new_cases() -> None:
    assert not list(new_case(xml_tree("<a/>")))
    assert not list(new_case(xml_tree(routed("<a/>"))))


def test_results_of_each_case_of_a_session() -> None:
    message = (
        "<ResultedCaseMessage><Session><CourtHearing/>"
        "<Case><PTIURN>A</PTIURN></Case><Case><PTIURN>B</PTIURN></Case></Session>"
        "</ResultedCaseMessage>"
    )
    bare = list(resulted_case(xml_tree(message)))
    assert [tree["Session"]["Case"]["PTIURN"] for tree in bare] == ["A", "B"]
    wrapped = (
        "<DeliverRequest><MessageMetadata><CreationDateTime>T</CreationDateTime></MessageMetadata>"
        f"<Message>{message}</Message></DeliverRequest>"
    )
    assert [tree["sent"] for tree in resulted_case(xml_tree(wrapped))] == ["T", "T"]
    assert not list(resulted_case(xml_tree("<a/>")))
