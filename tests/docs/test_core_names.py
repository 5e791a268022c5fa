"""Every name of Kamailio's core is known here: global parameters, words, directives, transformations."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kahea.cfg.keywords import DIRECTIVES
from kahea.cfg.reserved import RESERVED
from kahea.cli.offline_core import offline_core
from kahea.cli.reference_pages import standard_modules
from kahea.modules.loader import Loader, load_class
from kahea.script.dispositions import REASONS, works
from kahea.script.parameters import KNOWN, OUR_WORDS, OURS

NAMES: dict[str, list[str]] = json.loads(Path(__file__).with_name("core_names.json").read_text(encoding="utf-8"))
"""The names of Kamailio 6.x."""


@pytest.mark.parametrize("name", NAMES["global_parameters"])
def test_a_global_parameter_works_or_says_why_not(name: str) -> None:
    """It is known, and either has an effect or a reason for having none."""
    assert name in KNOWN
    assert works(name) != (name in REASONS)


def test_no_other_parameters_are_accepted() -> None:
    """A reason is given for what there is only; ``debug`` is a parameter whose name is a word too."""
    assert set(REASONS) <= set(NAMES["global_parameters"])
    assert set(NAMES["global_parameters"]) | {"debug"} == KNOWN - OURS - OUR_WORDS


def test_words_and_directives() -> None:
    """Words of the language are left alone by the preprocessor, and each of its directives is known."""
    assert set(NAMES["keywords"]) <= RESERVED
    assert set(NAMES["preprocessor"]) <= DIRECTIVES


def test_transformations() -> None:
    """Each transformation of Kamailio's core is offered by one of the standard modules."""
    loader, core = Loader(), offline_core()
    for name in standard_modules():
        module = load_class(name, None)
        loader.add(name, module, module.params_type(), core)

    assert set(NAMES["transformations"]) <= set(loader.registry.transformations)
