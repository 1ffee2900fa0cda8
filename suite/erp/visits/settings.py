"""Who visits customers, and as which articles their work and travel are billed."""

from decimal import Decimal

from sqlalchemy import select

from suite.base.command import Actor, command, note_change
from suite.base.db import insert_rows, session
from suite.base.errors import NotFound, Refusal
from suite.base.setting import Setting, company_choice
from suite.base.text import clean
from suite.model import Location, Product, Record, Technician, User

MINUTES_PER_HOUR = Decimal(60)
# UN/ECE Recommendation 20: an hour.
HOUR = "HUR"
ARTICLES = {"work": "visit.work_article", "travel": "visit.travel_article"}


@command("technician.set")
def set_technician(
    user_id: int,
    *,
    skills: str = "",
    van_id: int | None = None,
    minutes_per_day: int = 480,
    active: bool = True,
    by: Actor,
) -> int:
    """Say that a user visits customers, with what skills and which van."""
    if session().get(User, user_id) is None:
        raise NotFound("user", user_id)
    van = session().get(Location, van_id) if van_id is not None else None
    if van_id is not None and (van is None or van.use != "van"):
        raise Refusal("choice-unknown", field="van_id")
    if not 0 <= minutes_per_day <= 1440:
        raise Refusal("minutes-range", field="minutes_per_day", most=1440)
    known = session().get(Technician, user_id)
    if known is None:
        insert_rows(Technician, [{"user_id": user_id}])
        known = session().get_one(Technician, user_id)
    values = {
        "skills": clean(skills, "skills", max_length=500),
        "van_id": van_id,
        "minutes_per_day": minutes_per_day,
        "active": active,
    }
    for name, value in values.items():
        note_change(name, getattr(known, name), value)
        setattr(known, name, value)
    return user_id


@command("visit_article.set")
def set_visit_articles(*, work: str = "", travel: str = "", by: Actor) -> None:
    """Say by article number what an hour of work, and an hour or one journey, is billed as."""
    for piece, number in (("work", work), ("travel", travel)):
        article = _by_number(number.strip(), piece) if number.strip() else None
        if piece == "work" and article is not None and article.unit != HOUR:
            raise Refusal("work-article-unit", field="work")
        key = ARTICLES[piece]
        note_change(key, company_choice(key, ""), number.strip())
        known = session().get(Setting, key)
        if known is None:
            insert_rows(Setting, [{"key": key, "value": number.strip()}])
        else:
            known.value = number.strip()


def van_of(user_id: int | None) -> int | None:
    """The place a technician's parts come from; None: from stock."""
    found = session().get(Technician, user_id) if user_id is not None else None
    return found.van_id if found is not None else None


def billed_article(piece: str) -> Product:
    """The product of a piece of work; raises `Refusal("visit-article-missing")` before one was chosen."""
    number = company_choice(ARTICLES[piece], "")
    if not number:
        raise Refusal("visit-article-missing", piece=piece)
    return _by_number(number, piece)


def _by_number(number: str, field: str) -> Product:
    wanted = select(Product).join(Record, Record.id == Product.id)
    wanted = wanted.where(Record.kind == "product", Record.number == number, Record.state == "active")
    found = session().scalars(wanted).one_or_none()
    if found is None:
        raise Refusal("product-unknown", field=field)
    return found
