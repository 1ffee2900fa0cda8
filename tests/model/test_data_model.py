"""The documents say what is true."""

import re
from pathlib import Path

from suite.base.setting import ENVIRONMENT
from tests.data_model import PAGE, data_model

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_data_model_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == data_model(), "run python -m tests.data_model"


def test_every_setting_is_documented() -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    assert [variable.name for variable in ENVIRONMENT if f"`{variable.name}`" not in text] == []


def test_every_link_between_documents_leads_somewhere() -> None:
    root = DOCS.parent
    broken = []
    for page in [root / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                broken.append(f"{page.name}: {target}")
    assert broken == []
