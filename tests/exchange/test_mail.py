"""Reading mail that nobody can trust: words and files come out, nothing breaks, no markup survives."""

import random
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suite.exchange.mail.html_text import text_of_html
from suite.exchange.mail.read import LONGEST_TEXT, MOST_FILES, read_mail


def mail(**headers: str) -> EmailMessage:
    """A mail of a customer."""
    message = EmailMessage(policy=SMTP)
    given_ = {
        "From": "Kim Kunde <kim@kunde.example>",
        "Subject": "Störung",
        "Message-ID": "<1@kunde.example>",
    }
    for name, value in (given_ | headers).items():
        message[name.replace("_", "-")] = value
    message.set_content("Seit heute kein Warmwasser.\n")
    return message


def test_a_plain_mail_is_read() -> None:
    found = read_mail(bytes(mail(In_Reply_To="<0@wir.example>", References="<a@x> <0@wir.example>")))

    assert (found.sender_name, found.sender) == ("Kim Kunde", "kim@kunde.example")
    assert (found.subject, found.text) == ("Störung", "Seit heute kein Warmwasser.")
    assert found.message_id == "1@kunde.example"
    assert found.references == ("0@wir.example", "a@x")
    assert not found.is_automatic


def test_files_come_with_their_names() -> None:
    message = mail()
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Prüfbericht Öl.pdf")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="../../etc/passwd")

    found = read_mail(bytes(message))

    assert [(file.name, file.content) for file in found.files] == [
        ("Prüfbericht Öl.pdf", b"%PDF-1.7"),
        ("passwd", b"\x89PNG"),
    ]


def test_html_gives_its_words_and_nothing_else() -> None:
    message = mail()
    message.set_content(
        "<html><head><style>p{}</style><title>t</title></head><body onload=alert(1)><p>Guten Tag,</p>"
        "<script>alert('x')</script><p>die <b>Anlage</b> steht.<br>Seit 8&nbsp;Uhr</p><ul><li>Fehler 74</li></ul>"
        '<img src="https://spy.example/p.gif"><svg><script>y</script></svg></body></html>',
        subtype="html",
    )

    text = read_mail(bytes(message)).text

    assert text == "Guten Tag,\n\ndie Anlage steht.\nSeit 8 Uhr\n\n- Fehler 74"


def test_plain_words_win_over_html() -> None:
    message = mail()
    message.add_alternative("<p>HTML</p>", subtype="html")

    assert read_mail(bytes(message)).text == "Seit heute kein Warmwasser."


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated"},
        {"Precedence": "bulk"},
        {"Precedence": "list"},
        {"List-Id": "<neues.example>"},
        {"Return-Path": "<>"},
        {"X-Autoreply": "yes"},
        {"From": "MAILER-DAEMON@mx.example"},
        {"From": "no-reply@shop.example"},
    ],
)
def test_what_no_person_wrote_is_known(headers: dict[str, str]) -> None:
    assert read_mail(bytes(mail(**headers))).is_automatic


def test_auto_submitted_no_is_a_person() -> None:
    assert not read_mail(bytes(mail(**{"Auto-Submitted": "no"}))).is_automatic


BROKEN = {
    "unknown charset": b"From: a@b.de\r\nContent-Type: text/plain; charset=klingon\r\n\r\nGr\xfc\xdfe",
    "wrong charset": b"From: a@b.de\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xfc\xdfe",
    "no charset": b"From: a@b.de\r\n\r\nGr\xfc\xdfe",
    "charset with NUL": b'From: a@b.de\r\nContent-Type: text/plain; charset="\x00"\r\n\r\nGr\xc3\xbc\xc3\x9fe',
    "bad base64": b"From: a@b.de\r\nContent-Transfer-Encoding: base64\r\n\r\nR3L8!!!!3+Ug====x",
    "bad encoded word": b"From: =?utf-8?b?////?= <a@b.de>\r\nSubject: =?x?q?=ZZ?=\r\n\r\nGr\xc3\xbc\xc3\x9fe",
    "boundary missing": b"From: a@b.de\r\nContent-Type: multipart/mixed\r\n\r\nGr\xc3\xbc\xc3\x9fe",
    "boundary never closed": b"From: a@b.de\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nGr\xc3\xbc\xc3\x9fe",
    "control characters": b"From: a@b.de\r\nSubject: a\x00b\x1b[31m\r\n\r\nGr\xc3\xbc\x00\xc3\x9fe\xe2\x80\xae",
    "no header at all": b"Gr\xfc\xdfe",
    "empty": b"",
    "encoded word without a body": b"From: =?utf-8?B?A?= <a@b.de>\r\n"
    b"Subject: =?utf-8?B?A?=\r\nMessage-ID: =?utf-8?B?A?=\r\n\r\nx",
    "folded type": b"From: a@b.de\r\nContent-Type: image/x\r\n y; name=a.png\r\n\r\nx",
    "id with NUL": b"From: a@b.de\r\nMessage-ID: <a\x00b@c>\r\n\r\nx",
    "deep": b"From: a@b.de\r\n"
    + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(2000)),
    "two senders": b"From: a@b.de, c@d.de\r\n\r\nx",
    "header without end": b"Subject: " + b"x" * 300_000,
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_mail_is_read_as_far_as_it_goes(name: str) -> None:
    found = read_mail(BROKEN[name])

    assert len(found.subject) <= 200
    assert found.message_id
    everything = found.subject + found.text + found.sender_name
    assert not any(ord(c) < 32 and c not in "\n\t" for c in everything)
    assert "\u202e" not in everything
    if "charset" in name:
        assert found.text == "Grüße"


def test_a_name_hides_no_address() -> None:
    hidden = b"From: =?utf-8?Q?m=C3=BCller=40kunde.de?= <hans@kunde.de>\r\n\r\nx"
    bracket = b"From: =?utf-8?Q?M=C3=BCller_=28Kunde?= <hans@kunde.de>\r\n\r\nx"

    assert read_mail(hidden).sender == "hans@kunde.de"
    assert (read_mail(bracket).sender, read_mail(bracket).sender_name) == ("hans@kunde.de", "Müller (Kunde")


def test_a_mail_without_id_is_known_by_its_bytes() -> None:
    raw = b"From: a@b.de\r\n\r\nx"

    assert read_mail(raw).message_id == read_mail(raw).message_id
    assert read_mail(raw).message_id != read_mail(raw + b"y").message_id


def test_bombs_are_bounded() -> None:
    deep = b"From: a@b.de\r\n" + b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(300)
    )
    many = mail()
    for n in range(MOST_FILES + 20):
        many.add_attachment(b"x", maintype="application", subtype="x", filename=f"{n}.bin")
    long_ = mail()
    long_.set_content("wort " * 100_000)
    nested = "<div>" * 20_000 + "tief" + "</div>" * 20_000

    read_mail(deep)
    assert len(read_mail(bytes(many)).files) == MOST_FILES
    assert len(read_mail(bytes(long_)).text) <= LONGEST_TEXT + 10
    assert len(text_of_html(nested)) < 100
    assert text_of_html("<p>a" * 50_000).count("a") > 100


def test_thirty_megabytes_are_read() -> None:
    message = mail()
    big = random.Random(1).randbytes(30_000_000)
    message.add_attachment(big, maintype="application", subtype="zip", filename="gross.zip")

    found = read_mail(bytes(message))

    assert found.files[0].content == big


@given(st.binary(max_size=2000))
def test_no_bytes_break_it(raw: bytes) -> None:
    read_mail(raw)
    text_of_html(raw.decode("latin-1"))
