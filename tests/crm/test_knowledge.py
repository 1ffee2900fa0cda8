"""Articles: written, published, found by the words of a ticket, put into an answer; public ones also in the portal."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from suite.base.errors import Conflict, NotPermitted, Refusal
from suite.crm.knowledge.commands import (
    ArticleInput,
    cite_article,
    create_article,
    edit_article,
    publish_article,
    retire_article,
)
from suite.crm.knowledge.queries import citing_tickets, suggested_articles
from suite.crm.tickets.conversation import reply_ticket
from suite.master.parties.contacts import ContactInput, create_contact
from suite.model import Article
from suite.portal.commands import invite_contact
from tests.crm.test_ticket_pages import csrf, url_of
from tests.crm.test_tickets import messages
from tests.portal.conftest import Guest
from tests.world import World

Client = Callable[..., FlaskClient]
HEAT = ArticleInput("Heizung wird nicht warm", "Wasserdruck prüfen.\n\nDann entlüften.", is_public=True)


def published(world: World, article: ArticleInput = HEAT, **values: Any) -> int:
    """A published article."""
    return publish_article(create_article(article, **values, by=world.ines), by=world.ines)


def found(world: World, question: str, *, language: str = "de") -> list[str]:
    """The titles suggested for a question."""
    with world.database.reading():
        return [each.record.title for each in suggested_articles(question, world.ines, language=language)]


def address(world: World, article: int) -> str:
    """Where an article is shown."""
    return f"/knowledge/{world.record(article).public_id}"


def test_an_article_is_written_published_changed_and_retired(world: World) -> None:
    article = create_article(HEAT, by=world.ines)
    assert world.record(article).state == "draft"
    publish_article(article, by=world.ines)
    seen = world.record(article).version
    edit_article(article, ArticleInput("Heizung kalt", "Druck prüfen", "en"), version=seen, by=world.ines)
    with pytest.raises(Conflict):
        edit_article(article, HEAT, version=seen, by=world.ines)
    with world.database.reading() as reading:
        kept = reading.get_one(Article, article)
    assert (kept.text, kept.language, kept.is_public) == ("Druck prüfen", "en", False)

    retire_article(article, by=world.ines)
    with pytest.raises(Refusal, match="step-not-open"):
        edit_article(article, HEAT, by=world.ines)
    publish_article(article, by=world.ines)

    assert world.record(article).state == "published"
    assert world.findings() == []


def test_an_article_says_something_in_a_known_language_and_service_writes_it(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        create_article(ArticleInput(" ", "", "fr"), by=world.ines)
    assert [problem.field for problem in refused.value.problems] == ["title", "text", "language"]
    with pytest.raises(Refusal):
        create_article(ArticleInput("x", "y" * 20_001), by=world.ines)
    for somebody in (world.sven, world.wanda, world.anna):
        assert somebody.may("article.read")
        with pytest.raises(NotPermitted):
            create_article(HEAT, by=somebody)


def test_what_is_published_is_found_by_telling_words_in_any_inflection(world: World) -> None:
    published(world)
    published(world, ArticleInput("Warme Luft im Lager", "Tor schließen"))
    create_article(ArticleInput("Heizung Entwurf", "Heizung"), by=world.ines)
    retire_article(published(world, ArticleInput("Heizung alt", "Heizung")), by=world.ines)

    assert found(world, "Unsere Heizungen werden nicht warm")[0] == HEAT.title
    assert found(world, "Wärme im Lager fehlt")[0] == "Warme Luft im Lager"
    assert found(world, "Bitte um Hilfe, nicht das") == []
    assert found(world, "%_%_ 100%") == []


def test_the_readers_language_comes_first_and_never_more_than_three(world: World) -> None:
    for n in range(4):
        published(world, ArticleInput(f"Pumpe {n}", "Pumpe", "de"))
    published(world, ArticleInput("Pumpe english", "Pumpe", "en"))

    assert found(world, "Pumpe", language="en")[0] == "Pumpe english"
    assert len(found(world, "Pumpe")) == 3


def test_an_answer_cites_what_helped_and_only_what_is_published(world: World) -> None:
    article, ticket = published(world), world.ticket("Heizung kalt", party_id=world.customer())
    draft = create_article(HEAT, by=world.ines)

    reply_ticket(ticket, text="Druck prüfen", article_ids=[article], by=world.ines)
    cite_article(ticket, article_id=article, by=world.ines)
    with pytest.raises(Refusal, match="article-not-offered"):
        reply_ticket(ticket, text="Nein", article_ids=[draft], by=world.ines)

    with world.database.reading():
        assert [row.id for row in citing_tickets(article, world.ines)] == [ticket]
    assert [message.text for message in messages(world, ticket)][-1] == "Druck prüfen"
    assert world.findings() == []


def test_pages_of_articles(world: World, sign_in: Client) -> None:
    client = sign_in("service")
    form = {"csrf": csrf(client), "title": HEAT.title, "text": HEAT.text, "language": "de", "is_public": "1"}
    form |= {"action": "save"}

    made = client.post("/knowledge/new", data=form)
    refused = client.post("/knowledge/new", data=form | {"title": ""})

    assert (made.status_code, refused.status_code) == (303, 422)
    url = made.location.split("?")[0]
    assert '<p class="pre">Dann entlüften.</p>' in client.get(url).text
    assert client.post(f"{url}/publish", data={"csrf": form["csrf"]}).status_code == 303
    assert HEAT.title in client.get("/knowledge?q=entlueften").text
    assert HEAT.title not in client.get("/knowledge?view=draft").text
    changed = client.post(f"{url}/edit", data=form | {"version": "1", "text": "Meins"})
    assert changed.status_code == 422
    assert "Meins</textarea>" in changed.text
    assert "Dann entlüften." in changed.text
    assert client.post(f"{url}/edit", data=form | {"version": "2", "text": "Meins"}).status_code == 303
    seller = sign_in("sales")
    assert seller.get(url).status_code == 200
    assert seller.get("/knowledge/new").status_code == 403
    assert sign_in("auditor").get(url).status_code in (403, 404)


def test_a_ticket_suggests_what_may_help_and_one_click_puts_it_into_the_answer(
    world: World, sign_in: Client
) -> None:
    article = published(world)
    internal = published(world, ArticleInput("Heizung intern", "Nur für uns"))
    ticket = world.ticket("Heizung nicht warm", party_id=world.customer())
    client, url = sign_in("service"), url_of(world, ticket)
    assert HEAT.title in client.get(url).text
    key = world.record(article).public_id
    form = {"csrf": csrf(client), "text": "Guten Tag"}

    page = client.post(f"{url}/reply", data=form | {"action": f"article:{key}"}).text
    secret = client.post(
        f"{url}/reply", data=form | {"action": f"article:{world.record(internal).public_id}"}
    )

    assert "Guten Tag\n\nWasserdruck prüfen." in page
    assert f'name="cited" value="{key}"' in page
    assert len(messages(world, ticket)) == 1
    assert secret.status_code == 422
    sent = client.post(f"{url}/reply", data=form | {"action": "send", "cited": f"{key} unbekannt"})
    assert sent.status_code == 303
    assert url in client.get(address(world, article)).text
    assert HEAT.title in client.get(url).text  # as what is linked


def test_while_a_ticket_is_entered_answers_are_looked_for(world: World, sign_in: Client) -> None:
    article = published(world)
    client = sign_in("service")
    form = {"csrf": csrf(client), "subject": "Heizungen nicht warm", "action": "help"}

    page = client.post("/tickets/new", data=form)
    nothing = client.post("/tickets/new", data=form | {"subject": "Dachfenster"})

    assert page.status_code == 200
    assert address(world, article) in page.text
    assert "Nothing is written down about it yet." in nothing.text


def test_customers_read_and_search_what_is_public_and_are_asked_before_they_write(
    world: World, app: Flask
) -> None:
    article = published(world)
    hidden = [published(world, ArticleInput("Heizung intern", "x")), create_article(HEAT, by=world.ines)]
    for n in range(26):
        published(world, ArticleInput(f"Anleitung {n:02}", "Lesen", is_public=True))
    contact = create_contact(
        world.customer(), ContactInput("Kim Kunde", email="kim@kunde.example"), by=world.owner
    )
    guest = Guest(contact, app.test_client())
    assert guest.enter(invite_contact(contact, locale="en", by=world.owner)).status_code == 303

    listed, second = guest.get("/portal/knowledge"), guest.get("/portal/knowledge?q=heizung")
    assert "Anleitung 24" in listed.text
    assert HEAT.title not in listed.text
    after = listed.text.split("?after=")[1].split('"')[0]
    assert HEAT.title in guest.get(f"/portal/knowledge?after={after}").text
    assert "Anleitung" not in second.text
    assert "Dann entlüften." in guest.get(f"/portal{address(world, article)}").text
    assert [guest.get(f"/portal{address(world, each)}").status_code for each in hidden] == [404, 404]

    page = "/portal/tickets/new"
    asked = guest.post(page, page=page, subject="Heizung wird nicht warm", text="Kalt", action="look")
    assert asked.status_code == 200
    assert f"/portal{address(world, article)}" in asked.text
    assert "Heizung intern" not in asked.text
    sent = guest.post(page, page=page, subject="Heizung wird nicht warm", text="Kalt", action="send")
    assert sent.status_code == 303
